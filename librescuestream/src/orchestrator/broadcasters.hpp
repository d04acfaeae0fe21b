#pragma once

#include <string_view>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/broadcasters.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about broadcasters; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class Broadcasters {
public:
    explicit Broadcasters(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input, const Caller& caller);
    Result<Broadcaster> find_broadcaster(BroadcasterId id, const ApiCredential* reader);
    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page,
                                                const ApiCredential* reader);
    Result<Broadcaster> update_broadcaster(BroadcasterId id, const BroadcasterPatch& patch,
                                           const Caller& caller);
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force, const Caller& caller);
    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id, const Caller& caller);
    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id, const Caller& caller);

private:
    // The steps. `at` is the time of the request, because a step that cannot be written is repeated
    // later.
    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force, const Caller& caller,
                                            Timestamp at);
    Result<ChangedBroadcaster> set_broadcaster_disabled(BroadcasterId id, bool disabled,
                                                        const Caller& caller, Timestamp at);
    // Returns the error of a broadcaster that does not exist for the caller.
    static std::optional<Error> hidden(BroadcasterId id, const Caller& caller);
    AuditDraft draft(std::string_view action, BroadcasterId id, const Caller& caller, Timestamp at);
    // Returns the keys of a broadcaster that are not revoked.
    Result<std::vector<StreamKeyId>> keys_of(BroadcasterId id);

    const RequestDependencies d_;
};

}  // namespace rescuestream
