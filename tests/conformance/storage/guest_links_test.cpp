#include "rescuestream/guest_links.hpp"

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"
#include "support/guest_secrets.hpp"

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
        ++links_;
        row.digest[0] = static_cast<std::uint8_t>(links_ % 256);
        row.digest[1] = static_cast<std::uint8_t>(links_ / 256);
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
    set_pin(first, "salt:digest");
    first.link.max_addresses = 3;
    first.link.max_viewers = 4;
    add_link(first);
    const auto second = add_link(make_link(seconds(2)));
    CHECK(storage().find_guest_link(first.link.id).value() == first);
    CHECK(storage().find_guest_link(second.digest).value() == second);
    CHECK(storage().list_guest_links({}, {}).value().items ==
          std::vector<GuestLink>{second.link, first.link});
    CHECK(code_of(storage().find_guest_link(new_id<GuestLinkId>())) == ErrorCode::kNotFound);
    CHECK(code_of(storage().find_guest_link(KeyDigest{})) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(GuestLinksCase, "guest links are found by exactly their label, open or not") {
    const auto open = add_link(make_link(seconds(1)));
    auto row = make_link(seconds(2));
    row.link.expires_at = at(seconds(20));
    const auto expired = add_link(row);
    const auto closed = add_link(make_link(seconds(3)));
    REQUIRE(storage().close_guest_link(closed.link.id, at(seconds(4)), make_audit("close")));
    row = make_link(seconds(5));
    row.link.incident_id = add_incident().id;
    row.link.expires_at.reset();
    row.link.label = "Press";
    const auto endless = add_link(row);
    const auto found = [&](const GuestLinkFilter& filter) {
        return ids_of(storage().list_guest_links(filter, {}).value().items);
    };
    GuestLinkFilter filter;
    filter.at = at(seconds(20));
    filter.open = true;
    CHECK(found(filter) == std::vector{endless.link.id, open.link.id});
    filter.open = false;
    CHECK(found(filter) == std::vector{closed.link.id, expired.link.id});
    filter.at = at(seconds(19));
    CHECK(found(filter) == std::vector{closed.link.id});
    filter = {};
    filter.label = open.link.label;
    CHECK(found(filter) == std::vector{closed.link.id, expired.link.id, open.link.id});
    CHECK(ids_of(collect_pages<GuestLink>(2, [&](const PageRequest& page) {
              return storage().list_guest_links(filter, page);
          })) == found(filter));
    filter.at = at(seconds(20));
    filter.open = true;
    CHECK(found(filter) == std::vector{open.link.id});
    filter.incident_id = endless.link.incident_id;
    CHECK(found(filter).empty());
    filter.label = "press";
    filter.open.reset();
    CHECK(found(filter).empty());
    filter.label = "Press";
    CHECK(found(filter) == std::vector{endless.link.id});
}

TEST_CASE_FIXTURE(GuestLinksCase, "no more than a thousand guest links are open at the same time") {
    auto row = make_link();
    row.link.expires_at = at(seconds(50));
    const auto expiring = add_link(row);
    row = make_link();
    row.link.incident_id = add_incident().id;
    row.link.expires_at.reset();
    const auto endless = add_link(row);
    for (std::size_t i = 3; i < kMostOpenGuestLinks; ++i) add_link(make_link());
    // Several servers at once: one of them makes the last one.
    constexpr std::size_t kCallers = 4;
    constexpr int kRounds = 20;
    std::optional<GuestLinkId> last;
    for (int round = 0; round < kRounds; ++round) {
        if (last) {
            REQUIRE(storage().close_guest_link(*last, at(seconds(10)), make_audit("close")));
        }
        std::vector<GuestLinkRow> rows;
        std::vector<AuditEntry> entries;
        for (std::size_t i = 0; i < kCallers; ++i) {
            rows.push_back(make_link(seconds(10)));
            entries.push_back(make_audit());
        }
        const auto answers = answers_at_once<void>(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            return storage().create_guest_link(rows[i], entries[i]);
        });
        int made = 0;
        for (std::size_t i = 0; i < kCallers; ++i) {
            if (answers[i]) {
                ++made;
                last = rows[i].link.id;
            } else {
                CHECK(answers[i].error().code == ErrorCode::kConflict);
            }
        }
        REQUIRE(made == 1);
    }
    const auto create = [&](seconds when) {
        return storage().create_guest_link(make_link(when), make_audit());
    };
    const auto before = audit_count();
    CHECK(code_of(create(seconds(49))) == ErrorCode::kConflict);
    CHECK(audit_count() == before);

    // One that has expired makes room, and is open again only while there is room.
    REQUIRE(create(seconds(50)));
    const auto prolong = [&](seconds when) {
        GuestLinkPatch patch;
        patch.expires_at = at(seconds(2'000));
        return storage().update_guest_link({expiring.link.id, patch, {}, at(when)}, make_audit());
    };
    CHECK(code_of(prolong(seconds(51))) == ErrorCode::kConflict);
    CHECK(storage().find_guest_link(expiring.link.id)->link == expiring.link);
    REQUIRE(storage().close_guest_link(endless.link.id, at(seconds(52)), make_audit("close")));
    CHECK(prolong(seconds(53)).has_value());
    CHECK(code_of(create(seconds(54))) == ErrorCode::kConflict);
    // A link that is open may be changed, however many there are.
    CHECK(prolong(seconds(55)).has_value());
}

TEST_CASE_FIXTURE(GuestLinksCase, "credentials with few rights leave others room for guest links") {
    std::vector<GuestLinkRow> rows;
    const auto create = [&](const std::string& account) {
        rows.push_back(make_link());
        return storage().create_guest_link(rows.back(),
                                           AuditDraft(make_audit(), {{}, {}, account}));
    };
    for (std::size_t i = 0; i < kMostOpenGuestLinks / 2; ++i) REQUIRE(create("aaaaaaaaaaaa"));
    CHECK(code_of(create("aaaaaaaaaaaa")) == ErrorCode::kConflict);
    for (std::size_t i = 0; i < 400; ++i) REQUIRE(create("bbbbbbbbbbbb"));
    const auto refused = create("cccccccccccc");
    REQUIRE(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().message.find("900 of the 1000") != std::string::npos);
    for (std::size_t i = 900; i < kMostOpenGuestLinks; ++i) REQUIRE(create(""));
    CHECK(code_of(create("")) == ErrorCode::kConflict);
    // What is closed makes room for those whose share it was.
    REQUIRE(storage().close_guest_link(rows.front().link.id, at(seconds(9)), make_audit("close")));
    CHECK(create("bbbbbbbbbbbb").has_value());
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

TEST_CASE_FIXTURE(GuestLinksCase, "a change of a guest link keeps what it does not name") {
    auto row = make_link();
    set_pin(row, "salt:digest");
    row.link.max_addresses = 3;
    row.link.max_viewers = 4;
    add_link(row);
    GuestLinkChange change;
    change.id = row.link.id;
    change.patch.label = "Press";
    change.patch.expires_at = at(seconds(2'000));
    auto changed = storage().update_guest_link(change, make_audit("update")).value();
    CHECK(changed.before == row.link);
    row.link.label = "Press";
    row.link.expires_at = at(seconds(2'000));
    CHECK(changed.link == row.link);
    CHECK(storage().find_guest_link(row.link.id).value() == row);
    const auto entries = audit_count();
    REQUIRE(storage().update_guest_link(change, make_audit("update")));
    CHECK(audit_count() == entries);

    change.patch = {};
    change.patch.pin = Secret("unused");
    change.pin = "other:digest";
    change.patch.broadcaster_ids.emplace();
    change.patch.stream_key_ids = {new_id<StreamKeyId>(), new_id<StreamKeyId>()};
    change.patch.reset = {"max_addresses"};
    change.patch.max_viewers = 5;
    REQUIRE(storage().update_guest_link(change, make_audit("update")));
    set_pin(row, "other:digest");
    row.link.targets = {{}, *change.patch.stream_key_ids};
    row.link.max_addresses.reset();
    row.link.max_viewers = 5;
    CHECK(storage().find_guest_link(row.digest).value() == row);
    CHECK(audit_count() == entries + 1);

    change.patch = {};
    change.patch.reset = {"pin"};
    CHECK_FALSE(storage().update_guest_link(change, make_audit("update"))->link.has_pin);
    CHECK(storage().find_guest_link(row.digest)->pin.empty());
}

TEST_CASE_FIXTURE(GuestLinksCase,
                  "a guest link keeps an end and something to show, and a closed one does not "
                  "change") {
    const auto row = add_link(make_link());
    const auto entries = audit_count();
    const auto refused = [&](const GuestLinkPatch& patch, GuestLinkId id) {
        return code_of(storage().update_guest_link({id, patch, {}}, make_audit("update")));
    };
    GuestLinkPatch nothing_to_show;
    nothing_to_show.broadcaster_ids.emplace();
    nothing_to_show.stream_key_ids.emplace();
    CHECK(refused(nothing_to_show, row.link.id) == ErrorCode::kInvalidArgument);
    GuestLinkPatch no_end;
    no_end.reset = {"expires_at"};
    CHECK(refused(no_end, row.link.id) == ErrorCode::kInvalidArgument);
    CHECK(refused({}, new_id<GuestLinkId>()) == ErrorCode::kNotFound);
    CHECK(storage().find_guest_link(row.link.id).value() == row);
    CHECK(audit_count() == entries);

    const auto incident = add_incident();
    auto of_incident = make_link();
    of_incident.link.incident_id = incident.id;
    add_link(of_incident);
    CHECK(storage().update_guest_link({of_incident.link.id, no_end, {}}, make_audit("update")));
    CHECK(storage().update_guest_link({of_incident.link.id, nothing_to_show, {}},
                                      make_audit("update")));
    REQUIRE(storage().close_guest_link(row.link.id, at(seconds(9)), make_audit("close")));
    GuestLinkPatch label;
    label.label = "Press";
    CHECK(refused(label, row.link.id) == ErrorCode::kConflict);
    CHECK(storage().find_guest_link(row.link.id)->link.label == row.link.label);
}

}  // namespace guest_links_test
