#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class PlaybackTokens;

/// The longest issuer, owner or id of a viewer in a token.
inline constexpr std::size_t kMaxTokenText = 255;

/// The methods of StreamOrchestrator about the keys that sign and verify playback tokens; its
/// header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class PlaybackKeyAdmin {
public:
    struct Dependencies : RequestDependencies {
        PlaybackTokens& tokens;
    };

    explicit PlaybackKeyAdmin(const Dependencies& dependencies) : d_(dependencies) {}

    Result<std::vector<PlaybackKey>> list_playback_keys();
    Result<PlaybackKey> import_playback_key(const NewPlaybackKey& input, const Caller& caller);
    Result<PlaybackKey> rotate_playback_key(std::chrono::seconds overlap, const Caller& caller);
    Result<PlaybackKey> end_playback_key(const std::string& id, const Caller& caller);
    Result<std::string> playback_jwks();

    /// Returns a signed token. Makes a key of this installation if there is none.
    Result<Secret> sign(const PlaybackGrant& grant, const Caller& caller);

private:
    Result<PlaybackKey> make_own_key(std::optional<Timestamp> others_until, const Caller& caller);

    const Dependencies d_;
};

}  // namespace rescuestream
