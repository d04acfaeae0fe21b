#pragma once

#include <map>
#include <mutex>
#include <string>

#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/publishing.hpp"

namespace rescuestream::server {

/// What is there instead of a MediaMTX (MEDIAMTX_API_URL=memory:), so that every route can be
/// tried: it has what its "hooks" say, and its encoders send all the time.
///
/// Thread-safety: all methods from any thread.
class StandIn final : public rescuestream::testing::FakeMediaServer {
public:
    /// An encoder was let in.
    void accepted(const PublishRequest& request);
    /// It publishes; without `source_id` the one that was let in last at this path is meant.
    void ready(const SourceReport& report);
    void not_ready(const SourceReport& report);

    Result<std::vector<MediaPath>> list_paths() override;

private:
    struct Encoder {
        ConnectionKind kind;
        ConnectionId id;
    };
    std::mutex mutex_;
    std::map<std::string, Encoder> accepted_;  // by path
};

}  // namespace rescuestream::server
