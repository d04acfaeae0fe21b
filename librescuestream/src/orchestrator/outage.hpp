#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "orchestrator/figures.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/publishing.hpp"

namespace rescuestream {

class CountedStorage;
class Logger;
class RandomSource;
struct OrchestratorSettings;

/// Accepts publishers while the storage is unreachable (DatabaseOutage::kGrace). They are decided
/// by the cached facts of their keys, and remembered until the storage answers again; then their
/// claims are stored as if they had connected at that moment. A publisher that the storage refuses
/// is no longer protected here, so the reconciler removes it.
///
/// Thread-safety: all methods may be called from any thread.
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

    /// Decides whether `request` may publish on a key that was valid. `present` is the publisher of
    /// the path according to the last poll of the media server.
    PublishDecision decide(const ClaimRequest& request, StreamKeyId key,
                           const std::optional<Figures::Presence>& present);
    /// A publisher of a path, according to the last poll of its media server.
    struct Present {
        ConnectionId source;
        std::chrono::milliseconds silence{0};
        std::optional<StreamKeyId> key;  ///< Known only if the path is the key's value.
    };
    /// The same for a key that shares its path with `others`; `present` are the publishers of the
    /// path on all nodes. No key takes the path from another one while the storage is unreachable,
    /// whatever their priorities are: who delivers keeps it, and so does who was just accepted.
    PublishDecision decide(const ClaimRequest& request, StreamKeyId key,
                           const std::vector<StreamKeyId>& others,
                           const std::vector<Present>& present);
    /// Returns true if the connection was accepted here and its claim is not stored yet. The
    /// reconciler must not remove it as unknown.
    bool protects(const ConnectionId& connection) const;
    /// Stores the claims of all publishers that were accepted here. Call it when the storage
    /// answers again.
    void settle();

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Accepted {
        ClaimRequest request;
        Timestamp accepted_at{};
        Instant steady_at;
        std::optional<Instant> first_try;
    };

    // These need the lock.
    std::optional<StreamKeyId> key_of(const ConnectionId& connection) const;
    void accept(const ClaimRequest& request, StreamKeyId key);
    // Returns true if nothing more has to be done for this publisher.
    bool settle_one(StreamKeyId key, Accepted& accepted);
    void write_audit(StreamKeyId key, const Accepted& accepted, std::string_view outcome);

    Dependencies d_;
    mutable std::mutex mutex_;
    std::map<StreamKeyId, Accepted> accepted_;
};

}  // namespace rescuestream
