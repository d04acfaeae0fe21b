#pragma once

#include <utility>

#include "fields/field.hpp"
#include "rescuestream/incidents.hpp"

/// The table of the members of an incident that can be set.
namespace rescuestream::fields {

template <class T>
concept IncidentHolder = requires(T& holder) {
    holder.name, holder.reference, holder.metadata;
};

inline constexpr Field kIncidentName{.name = "name",
                                     .option = "--name",
                                     .title = "Name",
                                     .help = "Name",
                                     .placeholder = "NAME",
                                     .min = 1,
                                     .max = 255,
                                     .is_required = true};
inline constexpr Field kIncidentReference{.name = "reference",
                                          .option = "--reference",
                                          .title = "Reference",
                                          .help = "The number that your team gives to it",
                                          .max = 255,
                                          .is_shown_when_empty = false};
inline constexpr Field kIncidentMetadata{
    .name = "metadata",
    .option = "--metadata",
    .title = "Metadata",
    .help = "A JSON object that you choose; replaces the previous one"};

/// Calls `visit(field, member of first, member of second)` for each member of Incident, NewIncident
/// or IncidentPatch, in the order in which errors name them.
template <IncidentHolder First, IncidentHolder Second, class Visit>
void for_each_pair(First& first, Second& second, Visit&& visit) {
    visit(kIncidentName, first.name, second.name);
    visit(kIncidentReference, first.reference, second.reference);
    visit(kIncidentMetadata, first.metadata, second.metadata);
}

/// Calls `visit(field, member)` for each of them.
template <IncidentHolder Holder, class Visit>
void for_each_field(Holder& holder, Visit&& visit) {
    for_each_pair(holder, holder,
                  [&](const Field& field, auto& member, auto&) { visit(field, member); });
}

/// Sets the members of `incident` that `patch` sets.
inline void apply(const IncidentPatch& patch, Incident& incident) {
    for_each_pair(incident, patch, Assign{});
}

}  // namespace rescuestream::fields
