#include "orchestrator/side_by_side.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <vector>

#include "rescuestream/tracer.hpp"

namespace rescuestream {

void side_by_side(std::size_t count, std::size_t most,
                  const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto take_turns = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::future<void>> others;
    for (std::size_t i = 1; i < std::min(count, most); ++i) {
        others.push_back(std::async(std::launch::async, [&, span = current_span()] {
            const SpanScope scope(span);
            take_turns();
        }));
    }
    take_turns();
    for (auto& other : others) other.get();
}

}  // namespace rescuestream
