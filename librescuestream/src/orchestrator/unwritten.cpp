#include "orchestrator/unwritten.hpp"

#include <algorithm>
#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream {
namespace {

bool may_succeed_later(ErrorCode code) noexcept {
    return code == ErrorCode::kStorageFull || code == ErrorCode::kUnavailable ||
           code == ErrorCode::kUnauthorized || code == ErrorCode::kTimeout;
}

}  // namespace

bool UnwrittenRefusals::add(Entry entry) {
    auto known = std::make_shared<Known>();
    for (const auto key : entry.keys) {
        const auto trace = keys_.trace_of(key);
        if (!trace) return false;
        known->path_hashes.push_back(trace->path_hash);
    }
    known->entry = std::move(entry);
    const std::unique_lock lock(mutex_);
    const auto same = std::find_if(list_.begin(), list_.end(), [&](const auto& other) {
        return other->entry.subject == known->entry.subject &&
               other->entry.action == known->entry.action;
    });
    if (same != list_.end()) {
        *same = std::move(known);
        return true;
    }
    if (list_.size() >= kMost) return false;
    list_.push_back(std::move(known));
    size_ = list_.size();
    return true;
}

std::optional<UnwrittenRefusals::Entry> UnwrittenRefusals::take(const std::string& subject,
                                                                const std::string& action) {
    if (empty()) return std::nullopt;
    const std::lock_guard not_while_writing(writing_);
    const std::unique_lock lock(mutex_);
    const auto found = std::find_if(list_.begin(), list_.end(), [&](const auto& other) {
        return other->entry.subject == subject && other->entry.action == action;
    });
    if (found == list_.end()) return std::nullopt;
    Entry entry = (*found)->entry;
    list_.erase(found);
    size_ = list_.size();
    return entry;
}

std::optional<ClaimDecision> UnwrittenRefusals::refusal_of(StreamKeyId key, Timestamp now) const {
    if (empty()) return std::nullopt;
    const std::shared_lock lock(mutex_);
    for (const auto& known : list_) {
        const Entry& entry = known->entry;
        if (holds(entry, now) &&
            std::find(entry.keys.begin(), entry.keys.end(), key) != entry.keys.end()) {
            return entry.decision;
        }
    }
    return std::nullopt;
}

bool UnwrittenRefusals::refuses(const MediaPath& path, const std::optional<StreamKeyId>& key,
                                Timestamp now) const {
    if (empty() || !path.source || path.source->id.empty()) return false;
    std::optional<StreamKeyId> by_value = key;
    if (const auto value = key_value_of_path(path.name); !value.empty()) {
        by_value = keys_.id_of(digest_key_value(value));
    }
    const std::uint64_t hash = KeyIndex::hash_of_path(path.name);
    const std::shared_lock lock(mutex_);
    return std::any_of(list_.begin(), list_.end(), [&](const auto& known) {
        const Entry& entry = known->entry;
        if (entry.connection == path.source->id) return true;
        if (!holds(entry, now)) return false;
        if (by_value) {
            return std::find(entry.keys.begin(), entry.keys.end(), *by_value) != entry.keys.end();
        }
        return std::find(known->path_hashes.begin(), known->path_hashes.end(), hash) !=
               known->path_hashes.end();
    });
}

std::shared_ptr<const UnwrittenRefusals::Known> UnwrittenRefusals::first() const {
    const std::shared_lock lock(mutex_);
    return list_.empty() ? nullptr : list_.front();
}

void UnwrittenRefusals::remove(const std::shared_ptr<const Known>& known) {
    const std::unique_lock lock(mutex_);
    list_.remove(known);
    size_ = list_.size();
}

void UnwrittenRefusals::write_all() {
    while (!empty()) {
        const std::lock_guard lock(writing_);
        const auto next = first();
        if (!next) return;
        const Entry& entry = next->entry;
        const auto written = entry.write();
        if (!written && may_succeed_later(written.error().code)) return;
        remove(next);
        if (!written) {
            logger_.error("a delayed change is refused by the database",
                          {{"change", entry.action + " " + entry.subject},
                           {"error", written.error().message}});
        } else {
            logger_.info(*written ? "a delayed change is written to the database"
                                  : "a delayed change is dropped because of a newer one",
                         {{"change", entry.action + " " + entry.subject}});
        }
    }
}

}  // namespace rescuestream
