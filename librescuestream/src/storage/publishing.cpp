#include "rescuestream/storage/publishing.hpp"

namespace rescuestream {

std::vector<Result<ClaimOutcome>> PublishingStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point /*latest*/) {
    std::vector<Result<ClaimOutcome>> outcomes;
    outcomes.reserve(requests.size());
    for (const auto& request : requests) outcomes.push_back(claim(request));
    return outcomes;
}

}  // namespace rescuestream
