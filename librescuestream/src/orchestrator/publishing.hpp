#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/nodes.hpp"
#include "orchestrator/outage.hpp"
#include "orchestrator/publish_meter.hpp"
#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/claims.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

class ClaimDesk;
class OutagePublishers;
class StorageCare;
class Tracer;

/// The methods of StreamOrchestrator about the auth requests of media servers; its header documents
/// them.
///
/// Thread-safety: all methods may be called from any thread.
class Publishing {
public:
    struct Dependencies : RequestDependencies {
        OutagePublishers& outage;
        ClaimDesk& claims;
        StorageCare& care;
        Tracer* tracer;  ///< Null: nothing is traced.
        PublishMeter& publish_meter;
    };

    explicit Publishing(const Dependencies& dependencies) : d_(dependencies) {}

    Result<PublishDecision> decide_publish(const PublishRequest& request);
    void decide_publish(const PublishRequest& request,
                        std::function<void(Result<PublishDecision>)> done);
    bool may_control(const ControlRequest& request) const;

private:
    // A publish request that needs a decision of the storage.
    struct PublishQuestion {
        /// Without a connection id nothing is claimed; the key is only checked.
        ClaimRequest claim_request;
        Nodes::Watch node;
        std::optional<PublishRefusal> node_refusal;  ///< The refusal if the key is valid.
        std::string path;
        bool adopts_path = false;  ///< The key's own path is another one; see PathMismatch::kAdopt.
        /// The last known decision on the key, used if the storage does not answer.
        std::optional<ClaimOutcome> remembered;
    };
    using Judgement = std::variant<PublishDecision, PublishQuestion>;
    // Decides from memory alone, if possible.
    Judgement judge(const PublishRequest& request);
    // Decides about a program that the media server itself started.
    PublishDecision judge_helper(const PublishRequest& request);
    // Decides with the answer of the storage.
    Result<PublishDecision> conclude(const PublishQuestion& question,
                                     const Result<ClaimOutcome>& outcome);
    // Counts the decision and returns it.
    Result<PublishDecision> counted(Result<PublishDecision> decision) {
        d_.publish_meter.count(decision);
        return decision;
    }
    bool may_adopt(const PublishRequest& request) const;
    // Makes the path of the request the key's own and claims the key.
    Result<ClaimOutcome> adopt(const PublishQuestion& question, StreamKeyId key);
    PublishDecision decide_in_outage(const PublishQuestion& question);
    std::vector<OutagePublishers::Present> publishers_of(
        StreamKeyId key, const std::vector<StreamKeyId>& others) const;

    const Dependencies d_;
};

}  // namespace rescuestream
