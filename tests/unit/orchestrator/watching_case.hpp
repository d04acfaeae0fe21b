#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/test_orchestrator.hpp"
#include "support/token_text.hpp"

namespace rescuestream::testing {

inline OrchestratorSettings playback_settings() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    settings.relay_secret = Secret("relay");
    return settings;
}

/// A key whose path only tokens open.
struct WatchingCase {
    explicit WatchingCase(OrchestratorSettings settings = playback_settings())
        : t(std::move(settings)) {
        NewStreamKey input;
        input.broadcaster_id = t.broadcaster().id;
        input.playback_path = "live/drone1";
        input.policies.playback_policy = PlaybackPolicy::kSigned;
        key = t->create_stream_key(input, t.caller).value();
    }

    MintedPlaybackToken mint(NewPlaybackToken input = {}) {
        if (input.paths.empty()) input.paths = {"live/drone1"};
        return t->mint_playback_token(input, t.caller).value();
    }
    static ReadRequest request(const std::string& path = "live/drone1") {
        ReadRequest request;
        request.path = path;
        request.protocol = Protocol::kRtsp;
        request.remote_address = "192.0.2.7";
        return request;
    }
    ViewerDecision decide(const std::string& token, const std::string& path = "live/drone1") {
        auto asked = request(path);
        asked.password = Secret(token);
        return t->decide_read(asked).decision;
    }
    ViewerDecision decide(const MintedPlaybackToken& minted,
                          const std::string& path = "live/drone1") {
        return decide(minted.token.reveal(), path);
    }
    PlaybackKey import(const TokenSigner& signer, std::vector<std::string> paths = {"live/*"},
                       const std::string& id = "theirs") {
        NewPlaybackKey input;
        input.id = id;
        input.public_key = signer.public_key();
        input.issuer = "dispatch";
        input.paths = std::move(paths);
        return t->import_playback_key(input, t.caller).value();
    }
    std::string claims(const std::string& more = "", const std::string& path = "live/drone1",
                       const std::string& issuer = "dispatch") {
        const auto now =
            std::chrono::floor<std::chrono::seconds>(t->now().time_since_epoch()).count();
        return R"({"iss":")" + issuer + R"(","aud":"rescuestream:playback","jti":"j1","paths":[")" +
               path + R"("],"exp":)" + std::to_string(now + 600) + more + "}";
    }

    TestOrchestrator t;
    CreatedStreamKey key;
};

inline const std::string kTheirHead = R"({"alg":"ES256","kid":"theirs"})";

}  // namespace rescuestream::testing
