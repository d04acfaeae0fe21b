#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about stream keys; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class StreamKeys {
public:
    explicit StreamKeys(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<CreatedStreamKey> create_stream_key(const NewStreamKey& input, const Caller& caller);
    Result<StreamKey> find_stream_key(StreamKeyId id, const ApiCredential* reader);
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter, const PageRequest& page,
                                             const ApiCredential* reader);
    Result<KeyListChanges> key_list_after(const std::string& place);
    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id, const Caller& caller);
    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch,
                                        const Caller& caller);
    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id, const Caller& caller);
    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id, const Caller& caller);
    Result<RotatedStreamKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap,
                                               const Caller& caller);

private:
    // The steps that withdraw a right. `at` is the time of the request, because a step that cannot
    // be written is repeated later.
    Result<RevokedStreamKey> revoke_key(StreamKeyId id, const Caller& caller, Timestamp at);
    Result<ChangedStreamKey> set_key_disabled(StreamKeyId id, bool disabled, const Caller& caller,
                                              Timestamp at);
    // Returns the error of a key that does not exist for the caller, or that cannot be read.
    Result<bool> sees_incident(IncidentId id, const ApiCredential* reader);
    std::optional<Error> hidden(StreamKeyId id, const Caller& caller);
    // Returns the entry of a change of a key, to which the storage adds names.
    AuditDraft audit_of_key(std::string_view action, StreamKeyId id, const Caller& caller,
                            Timestamp at);

    const RequestDependencies d_;
};

}  // namespace rescuestream
