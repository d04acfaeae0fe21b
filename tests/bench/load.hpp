#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/question_file.hpp"

namespace rescuestream::bench {

/// How questions are asked.
struct LoadPlan {
    std::uint16_t port = 8080;  ///< On 127.0.0.1.
    std::size_t at_once = 1;    ///< Questions that wait for an answer at any time.
    /// One connection after the other for each question, as MediaMTX does; else `at_once`
    /// connections for all of them.
    bool new_connections = true;
    std::chrono::milliseconds timeout{5'000};  ///< For one answer.
    std::chrono::seconds limit{60};            ///< For all; what is left then counts as failed.
    std::string must_contain;                  ///< Each body, else the answer is wrong.
    bool keep_bodies = false;
};

struct LoadResult {
    std::vector<double> latencies;  ///< Microseconds, of all questions asked; sorted.
    std::size_t wrong = 0;          ///< Another status than the right one.
    std::size_t failed = 0;         ///< No answer: refused, cut off, timed out, or never asked.
    std::map<int, std::size_t> statuses;
    std::vector<std::string> bodies;  ///< In the order of the questions.
    double seconds = 0;
};

/// Asks each question once, from one thread that never blocks. A timed-out question counts with
/// the time that was waited for it.
LoadResult run_load(const LoadPlan& plan, const std::vector<Question>& questions);

}  // namespace rescuestream::bench
