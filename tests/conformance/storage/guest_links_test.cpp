#include "rescuestream/guest_links.hpp"

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace guest_links_test {

namespace {

struct GuestLinksCase : StorageCase {
    Incident add_incident() {
        Incident incident;
        incident.name = "lake";
        incident.id = new_id<IncidentId>();
        incident.created_at = incident.updated_at = at(seconds(0));
        REQUIRE(storage().create_incident(incident, make_audit("open")));
        return incident;
    }
    GuestLinkRow make_link(seconds when = seconds(0)) {
        GuestLinkRow row;
        row.link.id = new_id<GuestLinkId>();
        row.link.label = "Fire \"brigade\"";
        row.link.targets = {{new_id<BroadcasterId>()}, {new_id<StreamKeyId>()}};
        row.link.expires_at = at(seconds(1'000));
        row.link.created_at = at(when);
        row.link.created_by = "ada";
        row.digest[0] = static_cast<std::uint8_t>(++links_);
        return row;
    }
    GuestLinkRow add_link(const GuestLinkRow& row) {
        REQUIRE(storage().create_guest_link(row, make_audit()));
        return row;
    }
    Result<void> enter(const GuestLinkRow& row, const std::string& address, std::int64_t most) {
        return storage().enter_guest_link(row.link.id, address, most, at(seconds(5)),
                                          make_audit("enter"));
    }

private:
    int links_ = 0;
};

}  // namespace

TEST_CASE_FIXTURE(GuestLinksCase, "a guest link is found by its id and by the digest of its code") {
    auto first = make_link(seconds(1));
    first.pin = "salt:digest";
    first.link.has_pin = true;
    first.link.max_addresses = 3;
    add_link(first);
    const auto second = add_link(make_link(seconds(2)));
    CHECK(storage().find_guest_link(first.link.id).value() == first);
    CHECK(storage().find_guest_link(second.digest).value() == second);
    CHECK(storage().list_guest_links({}, {}).value().items ==
          std::vector<GuestLink>{second.link, first.link});
    CHECK(code_of(storage().find_guest_link(new_id<GuestLinkId>())) == ErrorCode::kNotFound);
    CHECK(code_of(storage().find_guest_link(KeyDigest{})) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(GuestLinksCase, "a guest link is closed once, and stays in the list") {
    const auto row = add_link(make_link());
    const auto close = [&](seconds when) {
        return storage().close_guest_link(row.link.id, at(when), make_audit("close"));
    };
    CHECK(close(seconds(7))->closed_at == at(seconds(7)));
    const auto entries = audit_count();
    CHECK(close(seconds(8))->closed_at == at(seconds(7)));
    CHECK(audit_count() == entries);
    CHECK(storage().find_guest_link(row.digest)->link.closed_at == at(seconds(7)));
    CHECK(storage().list_guest_links({}, {})->items.size() == 1);
    CHECK(code_of(storage().close_guest_link(new_id<GuestLinkId>(), at(seconds(1)),
                                             make_audit())) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(GuestLinksCase, "closing an incident closes its guest links and no others") {
    const auto incident = add_incident();
    auto row = make_link();
    row.link.incident_id = incident.id;
    row.link.targets = {};
    row.link.expires_at.reset();
    add_link(row);
    const auto other = add_link(make_link());
    GuestLinkFilter filter;
    filter.incident_id = incident.id;
    CHECK(ids_of(storage().list_guest_links(filter, {}).value().items) == std::vector{row.link.id});
    REQUIRE(storage().close_incident(incident.id, {at(seconds(50)), "bob"}, make_audit("close")));
    CHECK(storage().find_guest_link(row.link.id)->link.closed_at == at(seconds(50)));
    CHECK_FALSE(storage().find_guest_link(other.link.id)->link.closed_at.has_value());
    auto late = make_link();
    late.link.incident_id = incident.id;
    CHECK(code_of(storage().create_guest_link(late, make_audit())) == ErrorCode::kInvalidArgument);
    late.link.incident_id = new_id<IncidentId>();
    CHECK(code_of(storage().create_guest_link(late, make_audit())) == ErrorCode::kInvalidArgument);
}

TEST_CASE_FIXTURE(GuestLinksCase,
                  "a guest link is used from so many addresses, each of them again") {
    const auto row = add_link(make_link());
    const auto other = add_link(make_link());
    const auto before = audit_count();
    CHECK(enter(row, "192.0.2.1", 2).has_value());
    CHECK(enter(row, "192.0.2.1", 2).has_value());
    CHECK(enter(row, "2001:db8::1", 2).has_value());
    CHECK(code_of(enter(row, "192.0.2.3", 2)) == ErrorCode::kConflict);
    CHECK(enter(row, "192.0.2.1", 1).has_value());
    CHECK(enter(other, "192.0.2.3", 1).has_value());
    CHECK(audit_count() == before + 3);
    auto unknown = make_link();
    CHECK(code_of(enter(unknown, "192.0.2.1", 2)) == ErrorCode::kNotFound);
}

}  // namespace guest_links_test
