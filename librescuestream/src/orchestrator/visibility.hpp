#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "rescuestream/api_credentials.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/unreadable_row.hpp"

// What a caller with a credential that is restricted to broadcasters sees: their records, as if no
// others existed. In these functions `reader` is null for a caller without a credential of its own,
// who sees everything.
namespace rescuestream {

// The errors of a storage for what does not exist.
inline constexpr const char* kUnseenBroadcaster = "There is no broadcaster with this id.";
inline constexpr const char* kUnseenKey = "There is no stream key with this id.";
inline constexpr const char* kUnseenStream = "There is no stream with this id.";
inline constexpr const char* kUnseenViewer = "There is no viewer with this id.";
inline constexpr const char* kUnseenCredential = "There is no credential with this id.";

/// The error of a storage for a new key whose incident does not exist or is closed.
inline Error unseen_incident() {
    return {ErrorCode::kInvalidArgument,
            "There is no open incident with this id.",
            {},
            {{"/incident_id", "names no open incident"}}};
}

inline bool is_restricted(const ApiCredential* reader) noexcept {
    return reader != nullptr && reader->is_restricted();
}

inline bool sees(const ApiCredential* reader, BroadcasterId owner) noexcept {
    return reader == nullptr || reader->covers(owner);
}

/// Returns the refusal of an operation that a restricted credential does not permit.
inline Error restricted_error(std::string message) {
    return {ErrorCode::kForbidden, std::move(message), {}, {}};
}

/// Returns `found` if the reader sees it, and otherwise the error of a record that does not exist.
/// Nobody knows to whom a record belongs that cannot be read.
template <class Record, class Owner>
Result<Record> if_seen(Result<Record> found, const ApiCredential* reader, const char* none,
                       Owner owner) {
    const bool is_hidden =
        found ? !sees(reader, owner(*found)) : is_about_unreadable_row(found.error());
    if (is_restricted(reader) && is_hidden) {
        return Error{ErrorCode::kNotFound, none, {}, {}};
    }
    return found;
}

/// Returns a page of a list that is ordered by (time, id), newest first. `list(broadcaster)`
/// returns the same page of what belongs to one broadcaster, `place(item)` the cursor of an item.
template <class Item, class List, class Place>
Result<Page<Item>> merged_page(const ApiCredential& reader, const PageRequest& page, List list,
                               Place place) {
    Page<Item> merged;
    bool has_more = false;
    for (const auto broadcaster : reader.broadcasters) {
        Result<Page<Item>> part = list(broadcaster);
        if (!part) return part;
        has_more = has_more || part->next;
        for (auto& item : part->items) merged.items.push_back(std::move(item));
    }
    std::sort(merged.items.begin(), merged.items.end(),
              [&](const Item& a, const Item& b) { return place(a) > place(b); });
    if (page.limit && merged.items.size() > *page.limit) {
        merged.items.erase(merged.items.begin() + static_cast<std::ptrdiff_t>(*page.limit),
                           merged.items.end());
        has_more = true;
    }
    if (has_more) merged.next = place(merged.items.back());
    return merged;
}

}  // namespace rescuestream
