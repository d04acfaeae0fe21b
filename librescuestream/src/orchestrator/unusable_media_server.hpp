#pragma once

#include <utility>

#include "rescuestream/media_server.hpp"

namespace rescuestream {

/// Replaces a media server whose client cannot be created from the stored node: every call returns
/// the reason as its error. So the node is listed with that reason, it can be changed and removed,
/// and its streams end like those of any unreachable node.
///
/// Thread-safety: all methods may be called from any thread.
class UnusableMediaServer final : public MediaServer {
public:
    UnusableMediaServer(std::string description, Error reason)
        : description_(std::move(description)), reason_(std::move(reason)) {}

    std::string description() const override { return description_; }
    Result<MediaServerInfo> info() override { return reason_; }
    Result<std::vector<MediaPath>> list_paths() override { return reason_; }
    Result<MediaPath> find_path(const std::string&) override { return unavailable(); }
    Result<std::vector<MediaConnection>> list_connections(ConnectionKind) override {
        return unavailable();
    }
    Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind) override {
        return unavailable();
    }
    Result<void> kick(ConnectionKind, const ConnectionId&) override { return unavailable(); }
    Result<void> add_path_config(const std::string&, const MediaPathConfig&) override {
        return unavailable();
    }
    Result<void> patch_path_config(const std::string&, const MediaPathConfig&) override {
        return unavailable();
    }
    Result<void> delete_path_config(const std::string&) override { return unavailable(); }
    Result<std::vector<MediaPathEntry>> list_path_configs() override { return unavailable(); }

private:
    // Other codes would say something about the requested object.
    Error unavailable() const {
        return {ErrorCode::kUnavailable, reason_.message, reason_.detail, {}};
    }

    const std::string description_;
    const Error reason_;
};

}  // namespace rescuestream
