#include "storage/postgres/connector.hpp"

#include <utility>

namespace rescuestream::postgres {

std::unique_ptr<Connection> Connector::connect(const Session& session,
                                               std::chrono::steady_clock::time_point deadline) {
    auto attempt = std::async(std::launch::async, [session, this] {
        return std::make_unique<Connection>(session, pooler_);
    });
    if (attempt.wait_until(deadline) == std::future_status::ready) return attempt.get();
    std::vector<Attempt> over;  // destroyed without the lock
    {
        const std::lock_guard lock(mutex_);
        std::vector<Attempt> under_way;
        for (auto& one : abandoned_) {
            const bool is_over = one.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
            (is_over ? over : under_way).push_back(std::move(one));
        }
        under_way.push_back(std::move(attempt));
        abandoned_ = std::move(under_way);
    }
    throw ConnectionFailure{
        {sql::Failure::Kind::kUnavailable, "no connection until the deadline"}, true, false};
}

}  // namespace rescuestream::postgres
