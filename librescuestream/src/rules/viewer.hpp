#pragma once

#include <span>
#include <string_view>

#include "rescuestream/playback.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::rules {

/// Who asks to watch what.
struct ViewerTerms {
    PlaybackPolicy policy = PlaybackPolicy::kSigned;  ///< Of the path.
    std::string_view path;
    std::string_view address;
    Protocol protocol = Protocol::kUnknown;
};

/// Returns whether a path has an empty, "." or ".." segment. No key has such a path, but in a file
/// system it is another name of one: MediaMTX serves the recordings of `live/a` as `live//a` too.
/// False for the empty path, at which nothing is.
bool is_another_name(std::string_view path) noexcept;

/// Decides whether a viewer may watch, by the tokens in its request, each of which was verified:
/// its signature is right and it is not revoked. On a public path tokens decide nothing. On a
/// signed path there must be one at least, and all must permit this.
ViewerDecision judge_viewer(const ViewerTerms& terms, std::span<const PlaybackGrant* const> grants,
                            Timestamp now) noexcept;

/// Decides whether one token permits this. A token is expired from its `exp` on; its `nbf` and
/// `iat` may be ahead of `now` by kTokenClockSkew.
ViewerDecision judge_grant(const ViewerTerms& terms, const PlaybackGrant& grant,
                           Timestamp now) noexcept;

/// Decides whether a running session of a viewer may go on, apart from revocations: kAccepted, or
/// why it must end. `grants`: the tokens with which it was accepted.
ViewerDecision judge_running(PlaybackPolicy policy, bool is_helper,
                             std::span<const PlaybackGrant> grants, Timestamp now) noexcept;

/// Returns whether a token is one of those that a revocation names, whenever it was issued.
bool concerns(const PlaybackRevocation& revocation, const PlaybackGrant& grant) noexcept;

/// Returns whether a revocation ends a token. Times of tokens are whole seconds, so one that was
/// issued in the second of the revocation is ended too. One of another program (`is_own` false)
/// may have been issued by a clock that is ahead by kTokenClockSkew, and one without `iat` counts
/// as issued before every revocation.
bool ends_token(const PlaybackRevocation& revocation, const PlaybackGrant& grant,
                bool is_own) noexcept;

}  // namespace rescuestream::rules
