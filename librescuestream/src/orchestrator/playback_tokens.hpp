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
    void set_followed(bool is_followed) { is_followed_ = is_followed; }

    /// A token that may be used, or the refusal.
    using Verdict = std::variant<std::shared_ptr<const PlaybackGrant>, ViewerDecision>;
    /// Judges the text of a token by its form, key, signature and revocations.
    Verdict verify(std::string_view text, Timestamp now);

    const PlaybackIndex& index() const { return index_; }

private:
    Verdict verify_jwt(std::string_view text, Timestamp now);

    PlaybackStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    PlaybackIndex index_;
    TokenCache cache_;
    std::mutex reading_;
    std::int64_t version_ = -1;  // while `reading_` is held
    std::atomic<bool> is_followed_{false};
};

}  // namespace rescuestream
