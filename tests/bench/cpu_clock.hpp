#pragma once

#include <optional>

namespace rescuestream::bench {

/// Processor time of a process in seconds, summed over all its threads, ended ones included, with
/// the precision of a nanosecond. Empty when there is no such process.
std::optional<double> cpu_seconds(int pid);

/// Processor time of all children of a process, running and ended ones: PostgreSQL's backends,
/// when `pid` is its postmaster. Ended ones count with the precision of a hundredth of a second.
double cpu_seconds_of_children(int pid);

}  // namespace rescuestream::bench
