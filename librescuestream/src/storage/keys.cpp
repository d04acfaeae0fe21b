#include "rescuestream/storage/keys.hpp"

#include <utility>

namespace rescuestream {

Result<KeyListChanges> KeyStorage::key_list_after(const std::string& /*place*/) {
    auto keys = list_stream_keys({}, {});
    if (!keys) return std::move(keys).error();
    KeyListChanges changes;
    changes.from_start = true;
    changes.count = keys->items.size();
    changes.entries.reserve(changes.count);
    for (auto& key : keys->items) changes.entries.push_back({std::move(key), false});
    return changes;
}

}  // namespace rescuestream
