#pragma once

#include <cstddef>
#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::testing {

/// Runs `work(0)` … `work(count - 1)` at the same moment, each on a thread of its own.
inline void at_once(int count, const std::function<void(int)>& work) {
    std::latch start(count);
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
    }
    for (auto& thread : threads) thread.join();
}

/// The same, and returns the answers of `call` in that order.
template <class T>
std::vector<Result<T>> answers_at_once(int count, const std::function<Result<T>(int)>& call) {
    std::vector<Result<T>> answers(static_cast<std::size_t>(count), Result<T>(Error{}));
    at_once(count, [&](int i) { answers[static_cast<std::size_t>(i)] = call(i); });
    return answers;
}

}  // namespace rescuestream::testing
