#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <variant>

#include "orchestrator/playback_index.hpp"
#include "orchestrator/token_cache.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class Clock;
class Logger;
class PlaybackStorage;

/// Verifies playback tokens, from memory, which follows the storage.
///
/// Thread-safety: all methods may be called from any thread.
class PlaybackTokens {
public:
    /// `secret`: see PlaybackIndex.
    PlaybackTokens(PlaybackStorage& storage, const Clock& clock, Logger& logger, Secret secret)
        : storage_(storage), clock_(clock), logger_(logger), index_(std::move(secret)) {}

    /// Reads what has changed in the storage. Somebody must call it regularly, and after each
    /// change, while `is_followed` is set; otherwise `verify` calls it.
    Result<void> refresh();
    /// The same, and returns true if keys or revocations have changed, so that sessions may have to
    /// end. An error counts as no change.
    bool refresh_and_compare();
    void set_followed(bool is_followed) { is_followed_ = is_followed; }
    /// Returns whether there was a reading; reads unless somebody else does.
    bool has_read();

    /// A token that may be used, or the refusal.
    using Verdict = std::variant<std::shared_ptr<const PlaybackGrant>, ViewerDecision>;
    /// Judges the text of a token by its form, key, signature and revocations.
    Verdict verify(std::string_view text, Timestamp now);

    /// Returns whether the key of a token that was accepted still verifies, and no revocation ends
    /// the token.
    bool is_in_force(const PlaybackGrant& grant, Timestamp now) const;

    const PlaybackIndex& index() const { return index_; }

private:
    Verdict verify_jwt(std::string_view text, Timestamp now);

    PlaybackStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    PlaybackIndex index_;
    TokenCache cache_;
    std::mutex reading_;
    std::int64_t version_ = -1;               // while `reading_` is held
    std::atomic<bool> has_withdrawn_{false};  // since the last `refresh_and_compare`
    std::atomic<bool> is_followed_{false};
    std::atomic<bool> has_read_{false};
};

}  // namespace rescuestream
