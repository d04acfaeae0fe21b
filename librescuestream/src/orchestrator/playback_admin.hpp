#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/incidents.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class PlaybackKeyAdmin;
class PlaybackTokens;

/// The methods of StreamOrchestrator about playback tokens; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class PlaybackAdmin {
public:
    struct Dependencies : RequestDependencies {
        PlaybackTokens& tokens;
        PlaybackKeyAdmin& keys;
    };

    explicit PlaybackAdmin(const Dependencies& dependencies) : d_(dependencies) {}

    Result<MintedPlaybackToken> mint_playback_token(const NewPlaybackToken& input,
                                                    const Caller& caller);
    Result<RevokedPlaybackTokens> revoke_playback_tokens(RevokedBy by, const std::string& value,
                                                         const Caller& caller);

private:
    // The paths of a new token, and for each the addresses of its node.
    struct Target {
        std::vector<std::string> paths;
        PublicAddresses base;
    };
    Result<Target> target_of(const NewPlaybackToken& input);
    Result<std::vector<std::string>> paths_of(const IncidentId& incident);
    // Whether there is something to which a revocation applies.
    Result<bool> knows(RevokedBy by, const std::string& value);
    std::optional<Error> check_room_for_revocation(RevokedBy by, const Caller& caller) const;

    const Dependencies d_;
};

}  // namespace rescuestream
