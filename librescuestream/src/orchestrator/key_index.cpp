#include "orchestrator/key_index.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <mutex>
#include <utility>

#include "rules/key.hpp"
#include "rules/path_pattern.hpp"

namespace rescuestream {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

std::int64_t micros(const std::optional<Timestamp>& time) {
    return time ? time->time_since_epoch().count() : kNever;
}

std::optional<Timestamp> time_of(std::int64_t micros) {
    if (micros == kNever) return std::nullopt;
    return Timestamp(Timestamp::duration(micros));
}

// Both are random; in an id the last bytes are.
std::uint64_t random_part(const KeyDigest& digest) {
    std::uint64_t part = 0;
    std::memcpy(&part, digest.data(), sizeof part);
    return part;
}
std::uint64_t random_part(const StreamKeyId& id) {
    std::uint64_t part = 0;
    std::memcpy(&part, id.uuid().bytes().data() + 8, sizeof part);
    return part;
}

}  // namespace

class KeyIndex::Table {
public:
    /// Returns the place for which `is_it(place)` is true.
    template <class IsIt>
    std::optional<Place> find(std::uint64_t hash, IsIt is_it) const {
        if (slots_.empty()) return std::nullopt;
        for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
            if (slots_[at] == kEmpty) return std::nullopt;
            if (is_it(slots_[at])) return slots_[at];
        }
    }

    /// `hash_of(place)` returns the hash of any entry of this table.
    template <class HashOf>
    void insert(Place place, HashOf hash_of) {
        if ((count_ + 1) * 3 > slots_.size() * 2) grow(hash_of);
        ++count_;
        put(place, hash_of(place));
    }

    template <class HashOf>
    void erase(Place place, HashOf hash_of) {
        std::size_t at = hash_of(place) & mask();
        while (slots_[at] != place) at = (at + 1) & mask();
        --count_;
        // Later entries move up, so that no search ends at the gap.
        for (std::size_t next = (at + 1) & mask(); slots_[next] != kEmpty;
             next = (next + 1) & mask()) {
            const std::size_t home = hash_of(slots_[next]) & mask();
            const bool may_move = ((next - home) & mask()) >= ((next - at) & mask());
            if (!may_move) continue;
            slots_[at] = slots_[next];
            at = next;
        }
        slots_[at] = kEmpty;
    }

private:
    static constexpr Place kEmpty = std::numeric_limits<Place>::max();

    std::size_t mask() const { return slots_.size() - 1; }

    void put(Place place, std::uint64_t hash) {
        std::size_t at = hash & mask();
        while (slots_[at] != kEmpty) at = (at + 1) & mask();
        slots_[at] = place;
    }

    template <class HashOf>
    void grow(HashOf hash_of) {
        std::vector<Place> before(std::max<std::size_t>(slots_.size() * 2, 64), kEmpty);
        before.swap(slots_);
        for (const Place place : before) {
            if (place != kEmpty) put(place, hash_of(place));
        }
    }

    std::vector<Place> slots_;  // a power of two of them
    std::size_t count_ = 0;
};

KeyIndex::KeyIndex(std::vector<std::string> helper_paths)
    : helper_paths_(std::move(helper_paths)),
      by_digest_(std::make_unique<Table>()),
      by_id_(std::make_unique<Table>()) {}
KeyIndex::~KeyIndex() = default;

std::size_t KeyIndex::size() const {
    const std::shared_lock lock(mutex_);
    return entries_.size() - free_.size();
}

void KeyIndex::clear() {
    const std::unique_lock lock(mutex_);
    entries_.clear();
    free_.clear();
    by_digest_ = std::make_unique<Table>();
    by_id_ = std::make_unique<Table>();
    owned_.clear();
    path_keys_.clear();
    known_paths_.clear();
    previous_.clear();
    previous_of_.clear();
}

KeyIndex::Entry KeyIndex::entry_of(const KeyFact& fact) {
    Entry entry;
    entry.digest = fact.digest;
    entry.id = fact.stream_key_id;
    entry.path_hash = hash_of_path(fact.playback_path);
    entry.revision = fact.revision;
    entry.expires_at = micros(fact.expires_at);
    entry.blocked_until = micros(fact.blocked_until);
    entry.revoked = fact.revoked_at.has_value();
    entry.disabled = rules::is_disabled(fact);
    if (fact.policies != StreamKeyPolicies{}) {
        entry.policies = std::make_shared<const StreamKeyPolicies>(fact.policies);
    }
    return entry;
}

std::uint64_t KeyIndex::hash_of_path(const std::string& path) {
    return std::hash<std::string>{}(path);
}

bool KeyIndex::owns_path(const std::string& path, Timestamp now) const {
    const std::shared_lock lock(mutex_);
    const auto [begin, end] = owned_.equal_range(hash_of_path(path));
    return std::any_of(begin, end, [&](const auto& owned) {
        const Entry& entry = entries_[owned.second];
        return !entry.revoked && now.time_since_epoch().count() < entry.expires_at;
    });
}

std::optional<KeyIndex::Trace> KeyIndex::trace_of(StreamKeyId id) const {
    const std::shared_lock lock(mutex_);
    const auto place = place_of(id);
    if (!place) return std::nullopt;
    return Trace{entries_[*place].path_hash, entries_[*place].revision};
}

std::optional<StreamKeyId> KeyIndex::id_of(const KeyDigest& digest) const {
    const std::shared_lock lock(mutex_);
    if (const auto place = place_of(digest)) return entries_[*place].id;
    const auto previous = previous_.find(digest);
    if (previous == previous_.end()) return std::nullopt;
    return previous->second.id;
}

std::optional<KeyIndex::Place> KeyIndex::place_of(StreamKeyId id) const {
    return by_id_->find(random_part(id), [&](Place place) { return entries_[place].id == id; });
}

std::optional<KeyIndex::Place> KeyIndex::place_of(const KeyDigest& digest) const {
    return by_digest_->find(random_part(digest),
                            [&](Place place) { return entries_[place].digest == digest; });
}

void KeyIndex::apply(const std::vector<KeyFact>& facts) {
    const std::unique_lock lock(mutex_);
    for (const auto& fact : facts) apply_one(fact);
}

void KeyIndex::apply_one(const KeyFact& fact) {
    if (const auto known = place_of(fact.stream_key_id)) remove(*known);
    if (const auto old = previous_of_.find(fact.stream_key_id); old != previous_of_.end()) {
        previous_.erase(old->second);
        previous_of_.erase(old);
    }
    note_path(fact);
    if (fact.deleted) return;
    Place place = 0;
    if (free_.empty()) {
        place = static_cast<Place>(entries_.size());
        entries_.push_back(entry_of(fact));
    } else {
        place = free_.back();
        free_.pop_back();
        entries_[place] = entry_of(fact);
    }
    by_digest_->insert(place, [&](Place at) { return random_part(entries_[at].digest); });
    by_id_->insert(place, [&](Place at) { return random_part(entries_[at].id); });
    if (rules::matches_any(helper_paths_, fact.playback_path)) {
        owned_.emplace(entries_[place].path_hash, place);
    }
    if (fact.previous_digest) {
        previous_[*fact.previous_digest] = {
            fact.stream_key_id, micros(fact.previous_expires_at.value_or(Timestamp::min()))};
        previous_of_[fact.stream_key_id] = *fact.previous_digest;
    }
}

void KeyIndex::remove(Place place) {
    by_digest_->erase(place, [&](Place at) { return random_part(entries_[at].digest); });
    by_id_->erase(place, [&](Place at) { return random_part(entries_[at].id); });
    const auto [begin, end] = owned_.equal_range(entries_[place].path_hash);
    const auto owned =
        std::find_if(begin, end, [place](const auto& each) { return each.second == place; });
    if (owned != end) owned_.erase(owned);
    free_.push_back(place);
}

void KeyIndex::note_path(const KeyFact& fact) {
    if (const auto known = known_paths_.find(fact.stream_key_id); known != known_paths_.end()) {
        const auto path = path_keys_.find(known->second);
        std::erase_if(path->second,
                      [&](const PathKey& each) { return each.id == fact.stream_key_id; });
        if (path->second.empty()) path_keys_.erase(path);
        known_paths_.erase(known);
    }
    const bool has_priority = fact.policies.priority.has_value();
    const auto policy = rules::playback_policy_of(fact.policies);
    if (!policy && !has_priority) return;
    path_keys_[fact.playback_path].push_back(
        {fact.stream_key_id, policy, has_priority && !fact.deleted, micros(fact.revoked_at)});
    known_paths_[fact.stream_key_id] = fact.playback_path;
}

std::optional<PlaybackPolicy> KeyIndex::playback_policy(const std::string& path,
                                                        Timestamp now) const {
    // A revoked key's stream is removed within this time.
    constexpr std::chrono::seconds kRemoval{10};
    const std::shared_lock lock(mutex_);
    const auto found = path_keys_.find(path);
    if (found == path_keys_.end()) return std::nullopt;
    std::optional<PlaybackPolicy> policy;
    bool one_has_none = false;
    for (const auto& each : found->second) {
        // Its recordings stay at the path, also when the key is revoked and another one has the
        // path.
        if (each.policy == PlaybackPolicy::kSigned) return each.policy;
        const bool counts = each.revoked_at == kNever || now - *time_of(each.revoked_at) < kRemoval;
        if (!counts) continue;
        policy = each.policy ? each.policy : policy;
        one_has_none = one_has_none || !each.policy;
    }
    return one_has_none ? std::nullopt : policy;
}

std::vector<StreamKeyId> KeyIndex::others_of_path(StreamKeyId id) const {
    std::vector<StreamKeyId> others;
    const std::shared_lock lock(mutex_);
    const auto known = known_paths_.find(id);
    if (known == known_paths_.end()) return others;
    for (const auto& each : path_keys_.at(known->second)) {
        if (each.id != id && each.may_share && each.revoked_at == kNever) others.push_back(each.id);
    }
    return others;
}

std::optional<std::string> KeyIndex::shareable_path(StreamKeyId id) const {
    const std::shared_lock lock(mutex_);
    const auto known = known_paths_.find(id);
    if (known == known_paths_.end()) return std::nullopt;
    for (const auto& each : path_keys_.at(known->second)) {
        if (each.id == id && each.may_share) return known->second;
    }
    return std::nullopt;
}

std::optional<PlaybackPolicy> KeyIndex::playback_policy(const KeyDigest& digest) const {
    const std::shared_lock lock(mutex_);
    const auto place = place_of(digest);
    if (!place || !entries_[*place].policies) return std::nullopt;
    return entries_[*place].policies->playback_policy;
}

KeyVerdict KeyIndex::judge(const KeyDigest& digest, const std::optional<std::string>& path,
                           Timestamp now) const {
    const std::shared_lock lock(mutex_);
    if (const auto place = place_of(digest)) return judge(entries_[*place], path, now, kNever);
    const auto previous = previous_.find(digest);
    if (previous == previous_.end()) return {};
    const auto place = place_of(previous->second.id);
    if (!place) return {};
    return judge(entries_[*place], path, now, previous->second.expires_at);
}

KeyVerdict KeyIndex::judge(const Entry& entry, const std::optional<std::string>& path,
                           Timestamp now, std::int64_t value_expires_at) {
    rules::KeyTerms terms;
    terms.is_revoked = entry.revoked;
    terms.value_expires_at = time_of(value_expires_at);
    terms.expires_at = time_of(entry.expires_at);
    terms.is_disabled = entry.disabled;
    terms.blocked_until = time_of(entry.blocked_until);
    terms.is_own_path = !path || hash_of_path(*path) == entry.path_hash;
    KeyVerdict verdict;
    verdict.stream_key_id = entry.id;
    verdict.decision = rules::judge_key(terms, now);
    verdict.policies = entry.policies;
    verdict.fact = {entry.digest, entry.revision, value_expires_at != kNever,
                    entry.policies && entry.policies->priority.has_value()};
    return verdict;
}

}  // namespace rescuestream
