#pragma once

#include <optional>

namespace rescuestream {

// The members of a record that can be set are declared once, in a template such as
// BroadcasterMembers. Its argument says which form they have: AsValue in the record and in the
// input that creates it, AsChange in the input that changes it.

template <class T>
using AsValue = T;

/// An empty member leaves the value as it is.
template <class T>
using AsChange = std::optional<T>;

}  // namespace rescuestream
