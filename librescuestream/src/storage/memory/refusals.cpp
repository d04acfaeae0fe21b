#include "storage/memory/refusals.hpp"

#include <algorithm>
#include <tuple>

namespace rescuestream::memory {
namespace {

void add_to(RefusedAttempt& known, const RefusedAttempt& more) {
    known.times += more.times;
    known.first_at = std::min(known.first_at, more.first_at);
    if (more.last_at < known.last_at) return;
    known.last_at = more.last_at;
    known.remote_address = more.remote_address;
    known.node = more.node;
    known.user_agent = more.user_agent;
    known.holder_key_id = more.holder_key_id;
}

bool matches(const RefusedAttemptFilter& filter, const RefusedAttempt& attempt) {
    return (!filter.network || attempt.network == *filter.network) &&
           (!filter.path || attempt.path == *filter.path) &&
           (!filter.reason || attempt.reason == *filter.reason) &&
           (!filter.stream_key_id || attempt.stream_key_id == filter.stream_key_id) &&
           (!filter.since || attempt.last_at >= *filter.since);
}

bool is_newer(const RefusedAttempt& a, const RefusedAttempt& b) {
    return std::tie(a.last_at, a.id) > std::tie(b.last_at, b.id);
}

}  // namespace

Result<void> MemoryRefusals::add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                                  const RefusedAttemptLimits& limits) {
    const std::lock_guard lock(state_.mutex);
    auto& stored = state_.refused_attempts;
    for (const auto& attempt : attempts) {
        const auto [found, is_new] = stored.try_emplace(attempt.id, attempt);
        if (!is_new) add_to(found->second, attempt);
    }
    std::erase_if(stored, [&](const auto& each) { return each.second.last_at < limits.oldest; });
    for (const bool has_key : {true, false}) {
        std::vector<const RefusedAttempt*> kind;
        for (const auto& [id, attempt] : stored) {
            if (attempt.stream_key_id.has_value() == has_key) kind.push_back(&attempt);
        }
        if (kind.size() <= limits.most) continue;
        std::sort(kind.begin(), kind.end(),
                  [](const auto* a, const auto* b) { return is_newer(*a, *b); });
        for (std::size_t i = limits.most; i < kind.size(); ++i) stored.erase(kind[i]->id);
    }
    return {};
}

Result<std::vector<RefusedAttempt>> MemoryRefusals::list_refused_attempts(
    const RefusedAttemptFilter& filter) {
    const std::lock_guard lock(state_.mutex);
    std::vector<RefusedAttempt> found;
    const auto scope = filter.incident_id ? state_.scope_of(*filter.incident_id) : std::nullopt;
    for (const auto& [id, attempt] : state_.refused_attempts) {
        if (!matches(filter, attempt)) continue;
        add_names(found.emplace_back(attempt));
        const bool is_owned =
            !filter.broadcaster_id || found.back().broadcaster_id == filter.broadcaster_id;
        const bool is_within =
            !filter.incident_id || (scope && attempt.stream_key_id &&
                                    scope->ids.contains(attempt.stream_key_id->to_string()) &&
                                    scope->overlaps(attempt.first_at, attempt.last_at));
        if (!is_owned || !is_within) found.pop_back();
    }
    std::sort(found.begin(), found.end(), is_newer);
    if (found.size() > filter.limit) found.resize(filter.limit);
    return found;
}

void MemoryRefusals::add_names(RefusedAttempt& attempt) const {
    const auto* holder =
        attempt.holder_key_id ? state_.visible_key(*attempt.holder_key_id) : nullptr;
    if (holder != nullptr) attempt.holder_label = holder->key.label;
    if (!attempt.stream_key_id) return;
    const auto* entry = state_.visible_key(*attempt.stream_key_id);
    if (entry == nullptr) return;
    attempt.key_label = entry->key.label;
    attempt.playback_path = entry->key.playback_path;
    attempt.broadcaster_id = entry->key.broadcaster_id;
    const auto* owner = state_.visible_broadcaster(entry->key.broadcaster_id);
    if (owner != nullptr) attempt.broadcaster_name = owner->broadcaster.display_name;
}

}  // namespace rescuestream::memory
