#include "storage/sql/guest_links.hpp"

#include "fields/incident_json.hpp"
#include "json/values.hpp"
#include "rules/conditions.hpp"
#include "storage/assignment_errors.hpp"
#include "storage/errors.hpp"
#include "storage/guest_link_change.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"
#include "storage/sql/incident_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/step_parts.hpp"
#include "support/guest_secrets.hpp"

namespace rescuestream::sql {
namespace {

GuestLinkRow read_guest_link_row(RowReader row) {
    GuestLinkRow result;
    GuestLink& link = result.link;
    link.id = row.id<GuestLinkId>();
    result.digest = row.digest();
    set_pin(result, row.text());
    link.label = row.text();
    link.targets = row.parsed([](const std::string& text) {
        try {
            return fields::read_stored_assignment(text);
        } catch (const json::BadValue& error) {
            throw Failure{Failure::Kind::kDefect, error.what()};
        }
    });
    link.incident_id = row.optional([&] { return row.id<IncidentId>(); });
    link.expires_at = row.optional_time();
    link.max_addresses = row.optional([&] { return row.integer(); });
    link.max_viewers = row.optional([&] { return row.integer(); });
    link.created_at = row.time();
    link.created_by = row.text();
    link.closed_at = row.optional_time();
    result.account = row.text();
    return result;
}

constexpr RowSource kGuestLinkRows{"guest_links", &kGuestLinkColumns};

GuestLink read_guest_link(RowReader row) {
    return read_guest_link_row(row).link;
}

Values values_of(const GuestLinkRow& row) {
    const GuestLink& link = row.link;
    return {link.id.uuid(),
            row.digest,
            row.pin,
            link.label,
            fields::to_body(link.targets),
            uuid_of(link.incident_id),
            nullable(link.expires_at),
            nullable(link.max_addresses),
            nullable(link.max_viewers),
            link.created_at,
            link.created_by,
            nullable(link.closed_at),
            row.account};
}

}  // namespace

// Until the commit, nobody else opens one: two callers must not both open the last one.
Result<void> SqlGuestLinks::check_open_links(Connection& connection, const std::string& account,
                                             Timestamp now) {
    take_turn(connection, dialect(), Turn::kOpenGuestLink);
    const auto counted =
        connection.run(kCountOpenGuestLinks, {count_of(kMostOpenGuestLinks), account, now});
    return check_room(read_occupancy(*counted), kMostOpenGuestLinks, account,
                      {kTooManyGuestLinks, kTooManyGuestLinksOfLimited});
}

Result<void> SqlGuestLinks::create_guest_link(const GuestLinkRow& row, const AuditDraft& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        if (row.link.incident_id) {
            // Held until the commit: the incident cannot be closed meanwhile.
            const auto incident =
                read_first_named(*connection.run(kFindIncident + dialect().share_row,
                                                 {row.link.incident_id->uuid()}),
                                 kIncidentRows, read_incident);
            if (!incident || incident->closed_at) return no_open_incident();
        }
        const Timestamp now = row.link.created_at;
        if (row.link.is_open_at(now)) {
            auto room = check_open_links(connection, audit.conditions().account, now);
            if (!room) return room.error();
        }
        GuestLinkRow stored = row;
        stored.account = audit.conditions().account;
        connection.run(kInsertGuestLink, values_of(stored));
        write_audit(connection, audit.with_label(row.link.label));
        return {};
    });
}

Result<GuestLinkRow> SqlGuestLinks::find(const std::string& statement, Value value) {
    return read<GuestLinkRow>([&](Connection& connection) -> Result<GuestLinkRow> {
        const auto rows = connection.run(statement, {value});
        if (rows->size() == 0) return not_found(kNoGuestLink);
        return read_named(*rows, 0, kGuestLinkRows, read_guest_link_row);
    });
}

Result<GuestLinkRow> SqlGuestLinks::find_guest_link(GuestLinkId id) {
    return find(kFindGuestLink, id.uuid());
}

Result<GuestLinkRow> SqlGuestLinks::find_guest_link(const KeyDigest& digest) {
    return find(kFindGuestLinkByDigest, digest);
}

Result<Page<GuestLink>> SqlGuestLinks::list_guest_links(const GuestLinkFilter& filter,
                                                        const PageRequest& page) {
    return read<Page<GuestLink>>([&](Connection& connection) {
        Query query(kSelectGuestLinks);
        if (filter.incident_id) {
            query.where("g.incident_id = " + query.bind(filter.incident_id->uuid()));
        }
        if (filter.label) query.where("g.label = " + query.bind(*filter.label));
        if (filter.open) {
            const auto at = query.bind(filter.at);
            query.where(hidden(*filter.open ? "g.closed_at IS NULL AND coalesce(g.expires_at > " +
                                                  at + ", TRUE)"
                                            : "g.closed_at IS NOT NULL OR g.expires_at <= " + at));
        }
        const PageOfRows of{kGuestLinkRows, "g.created_at", "g.id", unreadable()};
        return run_page(connection, std::move(query), page, of, read_guest_link);
    });
}

Result<GuestLink> SqlGuestLinks::close_guest_link(GuestLinkId id, Timestamp now,
                                                  const AuditDraft& audit) {
    return write<GuestLink>([&](Connection& connection) -> Result<GuestLink> {
        auto found =
            read_first_leniently(*connection.run(kFindGuestLink + dialect().lock_row, {id.uuid()}),
                                 kGuestLinkRows, read_guest_link);
        if (!found) return not_found(kNoGuestLink);
        GuestLink* const link = &found->record;
        if (auto same = rules::check_conditions(audit, *link); !same) return same.error();
        if (link->closed_at) return std::move(*link);
        connection.run(kCloseGuestLink, {id.uuid(), now});
        write_audit(connection, audit.with_label(link->label));
        link->closed_at = now;
        return std::move(*link);
    });
}

Result<ChangedGuestLink> SqlGuestLinks::update_guest_link(const GuestLinkChange& change,
                                                          const AuditDraft& audit) {
    return write<ChangedGuestLink>([&](Connection& connection) -> Result<ChangedGuestLink> {
        const auto row = read_first_named(
            *connection.run(kFindGuestLink + dialect().lock_row, {change.id.uuid()}),
            kGuestLinkRows, read_guest_link_row);
        if (!row) return not_found(kNoGuestLink);
        if (auto same = rules::check_conditions(audit, row->link); !same) return same.error();
        auto changed = changed_guest_link(*row, change);
        if (!changed) return changed.error();
        ChangedGuestLink result{row->link, changed->link};
        if (*changed == *row) return result;
        if (opens_again(row->link, changed->link, change.at)) {
            changed->account = audit.conditions().account;
            auto room = check_open_links(connection, changed->account, change.at);
            if (!room) return room.error();
        }
        const GuestLink& link = changed->link;
        connection.run(kUpdateGuestLink,
                       {link.id.uuid(), changed->pin, link.label, fields::to_body(link.targets),
                        nullable(link.expires_at), nullable(link.max_addresses),
                        nullable(link.max_viewers), changed->account});
        write_audit(connection, audit.with_label(link.label));
        return result;
    });
}

Result<void> SqlGuestLinks::enter_guest_link(GuestLinkId id, const std::string& address,
                                             std::int64_t most, Timestamp now,
                                             const AuditDraft& audit) {
    const Values entry{id.uuid(), address};
    // Usually the address is known.
    const auto known = read<bool>([&](Connection& connection) -> Result<bool> {
        return connection.run(kFindGuestEntry, entry)->size() > 0;
    });
    if (!known) return known.error();
    if (*known) return {};
    return write<void>([&](Connection& connection) -> Result<void> {
        const auto link =
            read_first_named(*connection.run(kFindGuestLink + dialect().lock_row, {id.uuid()}),
                             kGuestLinkRows, read_guest_link);
        if (!link) return not_found(kNoGuestLink);
        if (connection.run(kFindGuestEntry, entry)->size() > 0) return {};
        if (connection.run(kCountGuestEntries, {id.uuid()})->integer(0, 0) >= most) {
            return conflict(kGuestLinkFull);
        }
        connection.run(kInsertGuestEntry, {id.uuid(), address, now});
        write_audit(connection, audit.with_label(link->label));
        return {};
    });
}

}  // namespace rescuestream::sql
