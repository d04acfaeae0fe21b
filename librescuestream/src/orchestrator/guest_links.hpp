#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/audit_draft.hpp"
#include "rescuestream/caller.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// The methods of StreamOrchestrator about guest links; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class GuestLinks {
public:
    explicit GuestLinks(const RequestDependencies& dependencies) : d_(dependencies) {}

    Result<CreatedGuestLink> create_guest_link(const NewGuestLink& input, const Caller& caller);
    Result<GuestLink> find_guest_link(GuestLinkId id);
    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                             const PageRequest& page);
    Result<ChangedGuestLink> update_guest_link(GuestLinkId id, const GuestLinkPatch& patch,
                                               const Caller& caller);
    Result<GuestLink> close_guest_link(GuestLinkId id, const Caller& caller);

    Result<GuestLinkRow> find_open_guest_link(const Secret& code);
    std::string make_guest_pass(const GuestLinkRow& row);
    bool has_guest_pass(const GuestLinkRow& row, std::string_view pass);
    /// kNotFound: the link has been closed or changed.
    Result<void> check_unchanged(const GuestLinkRow& row);
    /// Returns GuestLink::public_paths. Nothing if they cannot be read.
    std::vector<std::string> public_paths(const GuestLink& link);
    /// The same, of all open links of an incident.
    std::vector<std::string> public_paths(IncidentId incident);
    Result<std::vector<GuestStream>> guest_streams(const GuestLink& link, const Caller& caller);

private:
    Result<void> check_targets(const IncidentAssignment& targets);
    Result<std::vector<StreamKey>> keys_of(const GuestLink& link);
    Secret pass_secret() const;
    AuditDraft draft(std::string_view action, GuestLinkId id, const Caller& caller, Timestamp at);

    PlaybackPolicy policy_of(const StreamKey& key);

    const RequestDependencies d_;
};

}  // namespace rescuestream
