#pragma once

#include <chrono>
#include <thread>

namespace rescuestream::testing {

/// Waits until `condition()` is true; false when it is not by the deadline. Checks at least once.
template <class Condition>
[[nodiscard]] bool holds_by(Condition&& condition, std::chrono::steady_clock::time_point deadline) {
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

/// The same with a duration from now: `CHECK(eventually([&] { return list().empty(); }, 2s))`.
template <class Condition>
bool eventually(Condition&& condition, std::chrono::milliseconds within = std::chrono::seconds(5)) {
    return holds_by(condition, std::chrono::steady_clock::now() + within);
}

}  // namespace rescuestream::testing
