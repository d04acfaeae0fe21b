#include "bench/measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <thread>
#include <utility>

namespace rescuestream::bench {

Milliseconds Measurement::percentile(double share) const {
    const auto last = static_cast<double>(latencies.size() - 1);
    return latencies[static_cast<std::size_t>(std::ceil(share * last))];
}

bool Measurement::is_good() const {
    return wrong == 0 && (!target_p95 || percentile(0.95) <= *target_p95);
}

Measurement measure(std::string name, std::size_t concurrency, std::size_t count,
                    const std::function<bool(std::size_t)>& call) {
    Measurement result;
    result.name = std::move(name);
    result.concurrency = concurrency;
    result.latencies.resize(count);
    std::atomic<std::size_t> next = 0;
    std::atomic<std::size_t> wrong = 0;
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::thread> callers;
    callers.reserve(concurrency);
    for (std::size_t i = 0; i < concurrency; ++i) {
        callers.emplace_back([&] {
            for (std::size_t index = next++; index < count; index = next++) {
                const auto started = std::chrono::steady_clock::now();
                if (!call(index)) ++wrong;
                result.latencies[index] = std::chrono::steady_clock::now() - started;
            }
        });
    }
    for (auto& caller : callers) caller.join();
    result.elapsed = std::chrono::steady_clock::now() - begin;
    result.wrong = wrong;
    std::sort(result.latencies.begin(), result.latencies.end());
    return result;
}

void print_table(const std::vector<Measurement>& measurements) {
    fmt::print("{:<34} {:>7} {:>7} {:>6} {:>8} {:>8} {:>8} {:>8} {:>8} {:>11}\n", "what", "at once",
               "calls", "wrong", "p50 ms", "p95 ms", "p99 ms", "max ms", "per s", "p95 target");
    for (const auto& line : measurements) {
        const std::string target = line.target_p95
                                       ? fmt::format("{:g} {}", line.target_p95->count(),
                                                     line.is_good() ? "met" : "MISSED")
                                       : "-";
        fmt::print("{:<34} {:>7} {:>7} {:>6} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.0f} {:>11}\n",
                   line.name, line.concurrency, line.latencies.size(), line.wrong,
                   line.percentile(0.50).count(), line.percentile(0.95).count(),
                   line.percentile(0.99).count(), line.latencies.back().count(),
                   static_cast<double>(line.latencies.size()) / line.elapsed.count(), target);
    }
}

std::optional<Memory> resident_memory(int pid) {
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    if (!status) return std::nullopt;
    Memory memory;
    constexpr double kKibPerMib = 1024;
    std::string word;
    while (status >> word) {
        double kib = 0;
        if (word == "VmRSS:" && status >> kib) memory.now = kib / kKibPerMib;
        if (word == "VmHWM:" && status >> kib) memory.peak = kib / kKibPerMib;
    }
    return memory;
}

}  // namespace rescuestream::bench
