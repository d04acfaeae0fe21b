#pragma once

#include <cstddef>
#include <string>

#include "rescuestream/result.hpp"

namespace rescuestream {

/// The error of all storages for the element `index` of a list of ids, which names nothing.
inline Error names_nothing(const char* member, std::size_t index, const char* noun) {
    const std::string pointer = std::string("/") + member + "/" + std::to_string(index);
    return Error{ErrorCode::kInvalidArgument,
                 std::string("One of the ids names no ") + noun + ".",
                 {},
                 {{pointer, std::string("names no ") + noun}}};
}

/// The error for a new key whose incident does not exist or is closed.
inline Error no_open_incident() {
    return Error{ErrorCode::kInvalidArgument,
                 "There is no open incident with this id.",
                 {},
                 {{"/incident_id", "names no open incident"}}};
}

/// The error for one that belongs to another incident.
inline Error belongs_to_another(const char* member, std::size_t index) {
    const std::string pointer = std::string("/") + member + "/" + std::to_string(index);
    return Error{ErrorCode::kConflict,
                 "One of them is assigned to another incident. Take it out of that one first.",
                 {},
                 {{pointer, "is assigned to another incident"}}};
}

}  // namespace rescuestream
