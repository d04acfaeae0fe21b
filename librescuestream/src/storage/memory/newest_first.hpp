#pragma once

#include <functional>
#include <set>

#include "rescuestream/paging.hpp"

namespace rescuestream::memory {

/// The order of every list: newest first by (time, id).
using NewestFirst = std::set<Cursor, std::greater<>>;

/// Returns the part of a list that `request` asks for. `find` returns a pointer to the record of an
/// id, or an optional with it; null or empty for one that the caller's filter excludes.
template <class T, class Find>
Page<T> take_page(const NewestFirst& order, const PageRequest& request, Find find) {
    Page<T> page;
    Cursor last;
    auto place = request.after ? order.upper_bound(*request.after) : order.begin();
    for (; place != order.end(); ++place) {
        const auto item = find(place->id);
        if (!item) continue;
        if (request.limit && page.items.size() >= *request.limit) {
            page.next = last;
            break;
        }
        page.items.push_back(*item);
        last = *place;
    }
    return page;
}

}  // namespace rescuestream::memory
