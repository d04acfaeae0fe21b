#pragma once

#include <string>

#include "rescuestream/storage/guest_links.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps guest links.
class SqlGuestLinks : public virtual GuestLinkStorage, private Access {
public:
    explicit SqlGuestLinks(Database& database) : Access(database) {}

    Result<void> create_guest_link(const GuestLinkRow& row, const AuditDraft& audit) override;
    Result<GuestLinkRow> find_guest_link(GuestLinkId id) override;
    Result<GuestLinkRow> find_guest_link(const KeyDigest& digest) override;
    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                             const PageRequest& page) override;
    Result<GuestLink> close_guest_link(GuestLinkId id, Timestamp now,
                                       const AuditDraft& audit) override;
    Result<ChangedGuestLink> update_guest_link(const GuestLinkChange& change,
                                               const AuditDraft& audit) override;
    Result<void> enter_guest_link(GuestLinkId id, const std::string& address, std::int64_t most,
                                  Timestamp now, const AuditDraft& audit) override;

protected:
    ~SqlGuestLinks() = default;  // Owned as a Storage.

private:
    Result<void> check_open_links(Connection& connection, const std::string& account,
                                  Timestamp now);
    Result<GuestLinkRow> find(const std::string& statement, Value value);
};

}  // namespace rescuestream::sql
