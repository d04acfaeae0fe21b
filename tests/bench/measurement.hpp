#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rescuestream::bench {

using Milliseconds = std::chrono::duration<double, std::milli>;

/// One line of the table.
struct Measurement {
    std::string name;
    std::size_t concurrency = 1;
    std::vector<Milliseconds> latencies;  ///< Sorted.
    std::size_t wrong = 0;                ///< Answers other than the expected one.
    std::chrono::duration<double> elapsed{};
    std::optional<Milliseconds> target_p95;

    /// The latency that `share` (0 to 1) of the calls do not exceed. Precondition: some calls.
    Milliseconds percentile(double share) const;
    bool is_good() const;
};

/// Calls `call(0)` … `call(count - 1)`, `concurrency` of them at any time, and takes the time of
/// each. `call` tells whether the answer was the expected one.
Measurement measure(std::string name, std::size_t concurrency, std::size_t count,
                    const std::function<bool(std::size_t)>& call);

void print_table(const std::vector<Measurement>& measurements);

/// Resident memory of a process, in MiB.
struct Memory {
    double now = 0;
    double peak = 0;
};

/// Empty when there is no such process. Source: proc(5), VmRSS and VmHWM.
std::optional<Memory> resident_memory(int pid);

}  // namespace rescuestream::bench
