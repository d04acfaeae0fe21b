#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "orchestrator/figures.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/publishing.hpp"

namespace rescuestream {

class CountedStorage;
class Logger;
class RandomSource;
struct OrchestratorSettings;

/// Publishers that are let in while the storage is out of reach (DatabaseOutage::kGrace): decided
/// by what was known of their key, remembered until the storage answers again, and then claimed
/// there as if they had come at that moment. One that the storage refuses loses its protection
/// here, and the reconciler removes it.
///
/// Thread-safety: all methods from any thread.
class OutagePublishers {
public:
    struct Dependencies {
        CountedStorage& storage;
        const Clock& clock;
        RandomSource& random;
        Logger& logger;
        const OrchestratorSettings& settings;
    };

    explicit OutagePublishers(Dependencies dependencies) : d_(dependencies) {}

    /// Whether `request` may publish on a key that was valid. `present`: who publishes on the path
    /// by the last look at the media server.
    PublishDecision decide(const ClaimRequest& request, StreamKeyId key,
                           const std::optional<Figures::Presence>& present);
    /// It was let in, and is not settled yet: it must not be taken for an intruder.
    bool protects(const ConnectionId& connection) const;
    /// The storage answers: everything that was let in is claimed there.
    void settle();

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Accepted {
        ClaimRequest request;
        Timestamp accepted_at{};
        Instant steady_at;
        std::optional<Instant> first_try;
    };

    // True: nothing more is to be done about it.
    bool settle_one(StreamKeyId key, Accepted& accepted);
    void write_audit(StreamKeyId key, const Accepted& accepted, std::string_view outcome);

    Dependencies d_;
    mutable std::mutex mutex_;
    std::map<StreamKeyId, Accepted> accepted_;
};

}  // namespace rescuestream
