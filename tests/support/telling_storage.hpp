#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "rescuestream/forwarding_storage.hpp"

namespace rescuestream::testing {

/// A storage that reports changes of the list of keys, as PostgreSQL does, even when the real one
/// cannot: it compares lists.
class TellingStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    Result<KeyListChanges> key_list_after(const std::string& place) override {
        auto keys = real().list_stream_keys({}, {});
        if (!keys) return std::move(keys).error();
        const std::lock_guard lock(mutex_);
        KeyListChanges changes;
        changes.count = keys->items.size();
        changes.next = std::to_string(told_.size() + 1);
        const auto before = told_.find(place);
        changes.from_start = before == told_.end();
        KeysById gone;
        if (!changes.from_start) gone = before->second;
        KeysById& now = told_[changes.next];
        for (const auto& key : keys->items) {
            now[key.id] = key;
            const auto known = gone.find(key.id);
            const bool is_same = known != gone.end() && known->second == key;
            if (!is_same) changes.entries.push_back({key, false});
            if (known != gone.end()) gone.erase(known);
        }
        for (const auto& [id, key] : gone) changes.entries.push_back({key, true});
        return changes;
    }

private:
    using KeysById = std::map<StreamKeyId, StreamKey>;

    std::mutex mutex_;
    std::map<std::string, KeysById> told_;  // by place
};

}  // namespace rescuestream::testing
