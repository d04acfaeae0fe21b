#pragma once

#include <utility>

#include "rescuestream/media_server.hpp"

namespace rescuestream {

/// Takes the place of a media server that cannot be opened with what the storage holds of its node:
/// answers every question with the reason. So the node is listed with it, can be changed and
/// removed, and its streams end as those of any node that is out of reach.
///
/// Thread-safety: all methods from any thread.
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
    // Other codes than this one say something about what was asked for.
    Error unavailable() const {
        return {ErrorCode::kUnavailable, reason_.message, reason_.detail, {}};
    }

    const std::string description_;
    const Error reason_;
};

}  // namespace rescuestream
