#pragma once

#include <cstdint>
#include <string>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The part of a Storage that keeps guest links. (Closing an incident closes its links; see
/// IncidentStorage::close_incident.)
///
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety). A step adds
/// the link's label to its audit entry.
class GuestLinkStorage {
public:
    /// kInvalidArgument: the incident that is given does not exist or is closed. kConflict:
    /// kMostOpenGuestLinks are open when it is created, also when several callers create the last
    /// one.
    virtual Result<void> create_guest_link(const GuestLinkRow& row, const AuditDraft& audit) = 0;
    /// By its id, or by the digest of its code; also a closed one. kNotFound.
    virtual Result<GuestLinkRow> find_guest_link(GuestLinkId id) = 0;
    virtual Result<GuestLinkRow> find_guest_link(const KeyDigest& digest) = 0;
    /// Newest first by (created_at, id).
    virtual Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                                     const PageRequest& page) = 0;
    /// Closes the link as of `now`. Idempotent: if it is closed already, the call succeeds without
    /// a write. kNotFound.
    virtual Result<GuestLink> close_guest_link(GuestLinkId id, Timestamp now,
                                               const AuditDraft& audit) = 0;
    /// Changes a link that is not closed; an expired one may get a later end. No change writes
    /// nothing. kNotFound. kConflict: it is closed, or it would be open again and
    /// kMostOpenGuestLinks are. kInvalidArgument: the changed link would show nothing, or would
    /// have no end.
    virtual Result<ChangedGuestLink> update_guest_link(const GuestLinkChange& change,
                                                       const AuditDraft& audit) = 0;
    /// Notes that the link is used from `address`. An address that is known already changes
    /// nothing. kConflict: it would be one more than `most`. kNotFound.
    virtual Result<void> enter_guest_link(GuestLinkId id, const std::string& address,
                                          std::int64_t most, Timestamp now,
                                          const AuditDraft& audit) = 0;

protected:
    ~GuestLinkStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
