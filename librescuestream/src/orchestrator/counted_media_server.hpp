#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/node_meter.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream {

/// Forwards each call to another media server and counts the errors.
///
/// Thread-safety: that of the other media server. Ownership: `meter` must outlive it.
class CountedMediaServer final : public MediaServer {
public:
    CountedMediaServer(std::unique_ptr<MediaServer> real, NodeMeter& meter)
        : real_(std::move(real)), meter_(meter) {}

    std::string description() const override { return real_->description(); }
    Result<MediaServerInfo> info() override { return counted(real_->info()); }
    Result<std::vector<MediaPath>> list_paths() override { return counted(real_->list_paths()); }
    Result<MediaPath> find_path(const std::string& name) override {
        return counted(real_->find_path(name));
    }
    Result<std::vector<MediaConnection>> list_connections(ConnectionKind kind) override {
        return counted(real_->list_connections(kind));
    }
    Result<std::vector<MediaRtspClient>> list_rtsp_clients(ConnectionKind kind) override {
        return counted(real_->list_rtsp_clients(kind));
    }
    Result<void> kick(ConnectionKind kind, const ConnectionId& id) override {
        return counted(real_->kick(kind, id));
    }
    Result<void> remove_leftovers() override { return counted(real_->remove_leftovers()); }
    Result<void> add_path_config(const std::string& name, const MediaPathConfig& config) override {
        return counted(real_->add_path_config(name, config));
    }
    Result<void> patch_path_config(const std::string& name,
                                   const MediaPathConfig& config) override {
        return counted(real_->patch_path_config(name, config));
    }
    Result<void> delete_path_config(const std::string& name) override {
        return counted(real_->delete_path_config(name));
    }
    Result<std::vector<MediaPathEntry>> list_path_configs() override {
        return counted(real_->list_path_configs());
    }
    Result<MediaRecording> default_recording() override {
        return counted(real_->default_recording());
    }
    Result<MediaConfiguration> configuration() override { return counted(real_->configuration()); }

private:
    template <class T>
    Result<T> counted(Result<T> answer) {
        if (!answer) meter_.count_error(answer.error().code);
        return answer;
    }

    const std::unique_ptr<MediaServer> real_;
    NodeMeter& meter_;
};

}  // namespace rescuestream
