#pragma once

#include <utility>

#include "fields/field.hpp"
#include "rescuestream/broadcasters.hpp"

/// The table of the members of a broadcaster that can be set.
namespace rescuestream::fields {

template <class T>
concept BroadcasterHolder = requires(T& holder) {
    holder.display_name, holder.metadata;
};

inline constexpr Field kDisplayName{.name = "display_name",
                                    .option = "--name",
                                    .title = "Name",
                                    .help = "Name",
                                    .placeholder = "NAME",
                                    .min = 1,
                                    .max = 255,
                                    .is_required = true};
inline constexpr Field kMetadata{
    .name = "metadata",
    .option = "--metadata",
    .title = "Metadata",
    .help = "A JSON object that you choose; replaces the previous one"};

/// Calls `visit(field, member of first, member of second)` for each member of Broadcaster,
/// NewBroadcaster or BroadcasterPatch, in the order in which errors name them.
template <BroadcasterHolder First, BroadcasterHolder Second, class Visit>
void for_each_pair(First& first, Second& second, Visit&& visit) {
    visit(kDisplayName, first.display_name, second.display_name);
    visit(kMetadata, first.metadata, second.metadata);
}

/// Calls `visit(field, member)` for each of them.
template <BroadcasterHolder Holder, class Visit>
void for_each_field(Holder& holder, Visit&& visit) {
    for_each_pair(holder, holder,
                  [&](const Field& field, auto& member, auto&) { visit(field, member); });
}

/// Sets the members of `broadcaster` that `patch` sets.
inline void apply(const BroadcasterPatch& patch, Broadcaster& broadcaster) {
    for_each_pair(broadcaster, patch, Assign{});
}

}  // namespace rescuestream::fields
