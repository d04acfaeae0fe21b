#pragma once

#include <string_view>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/repeatable_requests.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about requests that may be repeated; its header documents
/// them.
///
/// Thread-safety: all methods may be called from any thread.
class RepeatableRequests {
public:
    explicit RepeatableRequests(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<RepeatedRequest> reserve_request(const RepeatableRequest& request);
    Result<void> answer_request(const RepeatableRequest& request, const Uuid& reservation,
                                std::string_view answer);
    Result<void> release_request(const Uuid& reservation);

private:
    const RequestDependencies d_;
};

}  // namespace rescuestream
