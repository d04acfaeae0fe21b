#pragma once

#include <map>
#include <mutex>
#include <string>

#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/publishing.hpp"

namespace rescuestream::server {

/// A simulated media server (MEDIAMTX_API_URL=memory:), so that every route can be tried without
/// MediaMTX. Its state follows the hooks that it receives, and its encoders send continuously.
///
/// Thread-safety: all methods may be called from any thread.
class StandIn final : public rescuestream::testing::FakeMediaServer {
public:
    /// Records that an encoder was admitted.
    void accepted(const PublishRequest& request);
    /// Records that a source publishes. Without `source_id` it is the encoder that was last
    /// admitted at this path.
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
