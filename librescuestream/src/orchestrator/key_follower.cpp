#include "orchestrator/key_follower.hpp"

#include <algorithm>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/keys.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;

// Changes are usually few, and with a small limit the database uses its index. At the start all
// keys are read, which is faster in large parts.
constexpr std::size_t kSmallPage = 50;
constexpr std::size_t kLargePage = 5'000;
// Time between two checks without a notification.
constexpr milliseconds kInterval{400};
// Changes that follow each other quickly, and the notifications of own changes, are read together.
constexpr milliseconds kSpacing{25};
// A new key is read after kSpacing and the time of one or two readings.
constexpr milliseconds kLongestAwait{1'000};
// Facts that were confirmed longer ago are not used for a refusal.
constexpr milliseconds kLongestFreshness{1'000};

}  // namespace

KeyFollower::KeyFollower(KeyStorage& storage, const Clock& clock, Logger& logger,
                         std::vector<std::string> helper_paths)
    : storage_(storage),
      clock_(clock),
      logger_(logger),
      index_(std::move(helper_paths)),
      worker_("keys", {kInterval, kSpacing}, logger) {}

KeyFollower::~KeyFollower() {
    stop();
}

void KeyFollower::start(std::function<void()> on_contact) {
    {
        const std::lock_guard lock(mutex_);
        if (running_) return;
        running_ = true;
        stopping_ = false;
    }
    worker_.start([this, on_contact = std::move(on_contact)] { follow(on_contact); });
}

void KeyFollower::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (!running_) return;
        running_ = false;
        stopping_ = true;
        is_fresh_ = false;
    }
    read_.notify_all();
    worker_.stop();
}

void KeyFollower::invalidate() {
    {
        const std::lock_guard lock(mutex_);
        ++invalidations_;
        is_fresh_ = false;
    }
    worker_.wake();
}

void KeyFollower::follow(const std::function<void()>& on_contact) {
    std::uint64_t invalidations = 0;
    {
        const std::lock_guard lock(mutex_);
        invalidations = invalidations_;
    }
    const Instant begun = clock_.steady_now();
    const bool told_all = read_changes();
    if (told_all && on_contact) on_contact();
    {
        const std::lock_guard lock(mutex_);
        cut_off_ = !told_all;
        if (told_all) {
            confirmed_at_ = begun;
            invalidations_read_ = invalidations;
            is_fresh_ = invalidations == invalidations_ && !stopping_;
        }
    }
    read_.notify_all();
}

bool KeyFollower::read_changes() {
    const std::lock_guard reading(reading_);
    std::size_t page = place_.empty() ? kLargePage : kSmallPage;
    while (true) {
        auto found = storage_.key_facts_after(place_, page);
        if (!found) {
            logger_.debug("keys cannot be read", {{"error", found.error().message}});
            return false;
        }
        if (found->from_start && !place_.empty()) {
            logger_.warning("the database was restored to an earlier state, or moved");
            index_.clear();
        }
        for (const auto& fact : found->facts) tell_of_reserved_path(fact);
        index_.apply(found->facts);
        place_ = std::move(found->next);
        if (found->complete) return true;
        page = kLargePage;
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
    }
}

// The key was created by a release that permitted such names. Nobody can publish there; the key is
// only reported.
void KeyFollower::tell_of_reserved_path(const KeyFact& fact) {
    if (!is_reserved_path_name(fact.playback_path) || fact.revoked_at || fact.deleted) return;
    logger_.warning(
        "the playback path of a stream key applies to the paths of everybody in MediaMTX's "
        "configuration: nobody can publish there; create another key and revoke this one",
        {{"stream_key_id", fact.stream_key_id.to_string()}, {"path", fact.playback_path}});
}

std::optional<std::chrono::steady_clock::duration> KeyFollower::age() const {
    const std::lock_guard lock(mutex_);
    if (!confirmed_at_) return std::nullopt;
    return clock_.steady_now() - *confirmed_at_;
}

void KeyFollower::await(const std::vector<StreamKeyId>& ids) const {
    const auto is_known = [this](StreamKeyId id) { return trace_of(id).has_value(); };
    std::unique_lock lock(mutex_);
    read_.wait_for(lock, kLongestAwait,
                   [&] { return !running_ || std::all_of(ids.begin(), ids.end(), is_known); });
}

void KeyFollower::await_changes() const {
    std::unique_lock lock(mutex_);
    const std::uint64_t until = invalidations_;
    read_.wait_for(lock, kLongestAwait, [&] { return !running_ || invalidations_read_ >= until; });
}

KeyIndexFigures KeyFollower::figures() const {
    KeyIndexFigures figures;
    figures.keys = index_.size();
    if (const auto known_for = age()) {
        figures.age = std::chrono::duration_cast<std::chrono::milliseconds>(*known_for);
    }
    return figures;
}

bool KeyFollower::is_cut_off() const {
    const std::lock_guard lock(mutex_);
    return cut_off_;
}

std::optional<bool> KeyFollower::owns_path(const std::string& path, Timestamp now) const {
    if (!age()) return std::nullopt;
    return index_.owns_path(path, now);
}

bool KeyFollower::has_read() {
    {
        const std::lock_guard lock(mutex_);
        if (running_ || stopping_) return confirmed_at_.has_value();
    }
    if (!read_changes()) return age().has_value();
    const std::lock_guard lock(mutex_);
    confirmed_at_ = clock_.steady_now();
    return true;
}

PlaybackPolicy KeyFollower::playback_policy(const std::string& path, Timestamp now,
                                            PlaybackPolicy otherwise) {
    if (!has_read()) return PlaybackPolicy::kSigned;
    return index_.playback_policy(path, now).value_or(otherwise);
}

PlaybackPolicy KeyFollower::policy_of_path(const std::string& path, Timestamp now,
                                           PlaybackPolicy otherwise) const {
    const auto value = key_value_of_path(path);
    const auto policy = value.empty() ? index_.playback_policy(path, now)
                                      : index_.playback_policy(digest_key_value(value));
    return policy.value_or(otherwise);
}

PlaybackPolicy KeyFollower::playback_policy(const KeyDigest& digest, PlaybackPolicy otherwise) {
    if (!has_read()) return PlaybackPolicy::kSigned;
    return index_.playback_policy(digest).value_or(otherwise);
}

std::optional<KeyVerdict> KeyFollower::judge(const KeyDigest& digest,
                                             const std::optional<std::string>& path,
                                             Timestamp now) const {
    {
        const std::lock_guard lock(mutex_);
        if (!is_fresh_ || clock_.steady_now() - *confirmed_at_ > kLongestFreshness)
            return std::nullopt;
    }
    return index_.judge(digest, path, now);
}

std::optional<KeyVerdict> KeyFollower::judge_by_memory(const KeyDigest& digest,
                                                       const std::optional<std::string>& path,
                                                       Timestamp now, milliseconds longest) const {
    const auto known_for = age();
    if (!known_for || *known_for > longest) return std::nullopt;
    return index_.judge(digest, path, now);
}

}  // namespace rescuestream
