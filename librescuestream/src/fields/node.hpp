#pragma once

#include <utility>

#include "fields/field.hpp"
#include "rescuestream/nodes.hpp"

/// The table of the members of a node that can be set.
namespace rescuestream::fields {

template <class T>
concept NodeHolder = requires(T& holder) {
    holder.api_url, holder.api_password;
};

inline constexpr Field kNodeName{.name = "name",
                                 .title = "Name",
                                 .help = "Name: 1 to 32 of a-z, 0-9 and dashes",
                                 .min = 1,
                                 .max = 32,
                                 .text = TextRule::kNodeName,
                                 .is_required = true};
inline constexpr Field kNodeLabel{.name = "label",
                                  .option = "--label",
                                  .title = "Label",
                                  .help = "A description for people",
                                  .max = 255};
inline constexpr Field kApiUrl{.name = "api_url",
                               .option = "--api-url",
                               .title = "API",
                               .help = "MediaMTX's control interface, e.g. http://10.0.0.2:9997",
                               .max = 1'024,
                               .text = TextRule::kControlInterface,
                               .is_required = true};
inline constexpr Field kApiUser{.name = "api_user",
                                .option = "--api-user",
                                .title = "API user",
                                .help = "User name for the control interface",
                                .placeholder = "NAME",
                                .max = 255,
                                .is_shown_when_empty = false};
inline constexpr Field kApiPassword{.name = "api_password",
                                    .option = "--api-password-file",
                                    .title = "API password",
                                    .help = "File with the password for the control interface",
                                    .max = 255};
/// Contains the members of fields/addresses.hpp.
inline constexpr Field kNodeAddresses{.name = "addresses", .title = "Addresses"};
/// The command line has the verbs `drain` and `undrain` for it.
inline constexpr Field kDraining{.name = "draining", .title = "Draining"};

/// Calls `visit(field, member of first, member of second)` for each member of Node or NodePatch.
template <NodeHolder First, NodeHolder Second, class Visit>
void for_each_pair(First& first, Second& second, Visit&& visit) {
    visit(kNodeLabel, first.label, second.label);
    visit(kApiUrl, first.api_url, second.api_url);
    visit(kApiUser, first.api_user, second.api_user);
    visit(kApiPassword, first.api_password, second.api_password);
    visit(kNodeAddresses, first.addresses, second.addresses);
    if constexpr (requires { first.draining, second.draining; }) {
        visit(kDraining, first.draining, second.draining);
    }
}

/// Calls `visit(field, member)` for each member of Node, NewNode or NodePatch, in the order in
/// which errors name them.
template <NodeHolder Holder, class Visit>
void for_each_field(Holder& holder, Visit&& visit) {
    if constexpr (requires { holder.name; }) visit(kNodeName, holder.name);
    for_each_pair(holder, holder,
                  [&](const Field& field, auto& member, auto&) { visit(field, member); });
}

/// Sets the members of `node` that `patch` sets.
void apply(const NodePatch& patch, Node& node);

}  // namespace rescuestream::fields
