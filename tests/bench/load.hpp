#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/question_file.hpp"

namespace rescuestream::bench {

/// How requests are sent.
struct LoadPlan {
    std::uint16_t port = 8080;  ///< On 127.0.0.1.
    std::size_t at_once = 1;    ///< Requests that are in flight at any time.
    /// True: a new connection for each request, as MediaMTX does it. False: `at_once`
    /// connections for all of them.
    bool new_connections = true;
    std::chrono::milliseconds timeout{5'000};  ///< Limit for one answer.
    std::chrono::seconds limit{60};  ///< Limit for all answers; those missing then count as failed.
    /// Requests that begin in a second, however fast the answers come, as long as fewer than
    /// `at_once` are in flight. 0: the next one begins when an answer has come.
    double rate = 0;
    std::string must_contain;  ///< Text that the body of each right answer contains.
    bool keep_bodies = false;
};

struct LoadResult {
    std::vector<double> latencies;  ///< Microseconds, of all requests that were sent; sorted.
    std::size_t wrong = 0;          ///< Answers with another status or body than the right one.
    /// Requests without an answer: refused, cut off, timed out, or never sent.
    std::size_t failed = 0;
    std::map<int, std::size_t> statuses;
    std::vector<std::string> bodies;  ///< In the order of the requests.
    double seconds = 0;
};

/// Sends each request once, from one thread that never blocks. A request that times out counts with
/// the time until then.
LoadResult run_load(const LoadPlan& plan, const std::vector<Question>& questions);

}  // namespace rescuestream::bench
