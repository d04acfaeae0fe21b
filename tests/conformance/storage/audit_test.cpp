#include <algorithm>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

class AuditCase : public StorageCase {
public:
    template <class Change>
    AuditEntry append(Timestamp when, Change change) {
        AuditEntry entry = make_audit("create", when);
        change(entry);
        storage().append_audit(entry).value();
        return entry;
    }
    AuditEntry append(Timestamp when = at(seconds(0))) {
        return append(when, [](AuditEntry&) {});
    }
    AuditEntry append_by(std::string actor) {
        return append(at(seconds(0)), [&](AuditEntry& entry) { entry.actor = std::move(actor); });
    }

    /// Returns the entries of the answer, and checks that its total is their number.
    std::vector<AuditEntryId> find(AuditFilter filter) {
        const auto page = storage().list_audit(filter).value();
        CHECK(page.total == page.entries.size());
        return ids_of(page.entries);
    }
    std::vector<AuditEntryId> find_actor(std::string part) {
        AuditFilter filter;
        filter.actor_contains = std::move(part);
        return find(filter);
    }
};

using Ids = std::vector<AuditEntryId>;

}  // namespace

TEST_CASE_FIXTURE(AuditCase, "an audit entry comes back as it was written") {
    const auto entry = append(at(microseconds(1)), [this](AuditEntry& e) {
        SUBCASE("with the least that an entry has") {
            e.request_method.clear();
            e.request_path.clear();
            e.ip_address.clear();
        }
        SUBCASE("with everything that an entry can have") {
            e.actor = "Ærø \"x\" '; DROP TABLE audit; --";
            e.resource_type = "stream_key";
            e.resource_id = new_id<StreamKeyId>().to_string();
            e.outcome = AuditOutcome::kFailure;
            e.failure_reason = "Nope — 不行";
            e.metadata = JsonObject::parse(R"({"b":1.0e+5,"a":[null,{"x":"\u00e9é"}]})").value();
            e.request_id = "req-1";
            e.origin = AuditOrigin::kServer;
        }
    });
    CHECK(storage().list_audit({}).value().entries == std::vector{entry});
}

TEST_CASE_FIXTURE(AuditCase, "an audit id that exists already is refused") {
    const auto entry = append();
    auto other = entry;
    other.actor = "somebody else";
    CHECK_FALSE(storage().append_audit(other).has_value());
    CHECK(storage().list_audit({}).value().entries == std::vector{entry});
}

TEST_CASE_FIXTURE(AuditCase, "audit entries are listed newest first, equal times by id") {
    const auto a = append(at(seconds(1)));
    const auto b = append(at(seconds(1)));
    const auto c = append(at(seconds(0)));
    const auto d = append(at(seconds(1) + microseconds(1)));
    CHECK(find({}) == Ids{d.id, b.id, a.id, c.id});
}

TEST_CASE_FIXTURE(AuditCase,
                  "limit and offset select a part of the list, and total counts all that match") {
    Ids newest_first;
    for (int i = 0; i < 7; ++i) {
        const auto entry = append(at(seconds(i / 2)),
                                  [&](AuditEntry& e) { e.action = i == 3 ? "delete" : "create"; });
        if (i != 3) newest_first.insert(newest_first.begin(), entry.id);
    }
    AuditFilter filter;
    filter.action = "create";
    for (std::size_t limit = 1; limit <= 7; ++limit) {
        for (std::size_t offset = 0; offset <= 8; ++offset) {
            CAPTURE(limit);
            CAPTURE(offset);
            filter.limit = limit;
            filter.offset = offset;
            const auto page = storage().list_audit(filter).value();
            const auto from = std::min(offset, newest_first.size());
            const auto to = std::min(from + limit, newest_first.size());
            CHECK(ids_of(page.entries) ==
                  Ids(newest_first.begin() + static_cast<std::ptrdiff_t>(from),
                      newest_first.begin() + static_cast<std::ptrdiff_t>(to)));
            CHECK(page.total == 6);
        }
    }
}

TEST_CASE_FIXTURE(AuditCase, "the list has fifty entries when no limit is given") {
    for (int i = 0; i < 52; ++i) append();
    const auto page = storage().list_audit({}).value();
    CHECK(page.entries.size() == 50);
    CHECK(page.total == 52);
}

TEST_CASE_FIXTURE(AuditCase, "entries are found by action and by resource, exactly") {
    const auto resource = new_id<StreamKeyId>().to_string();
    const auto plain = append();
    const auto login = append(at(seconds(1)), [](AuditEntry& e) { e.action = "login"; });
    const auto of_key = append(at(seconds(2)), [&](AuditEntry& e) {
        e.resource_type = "stream_key";
        e.resource_id = resource;
    });
    const auto of_broadcaster =
        append(at(seconds(3)), [](AuditEntry& e) { e.resource_type = "broadcaster"; });

    AuditFilter filter;
    filter.action = "login";
    CHECK(find(filter) == Ids{login.id});
    filter.action = "log";
    CHECK(find(filter).empty());
    filter = {};
    filter.resource_type = "stream_key";
    CHECK(find(filter) == Ids{of_key.id});
    filter.resource_id = resource;
    CHECK(find(filter) == Ids{of_key.id});
    filter.resource_type = "broadcaster";
    CHECK(find(filter).empty());
    filter = {};
    filter.resource_id = new_id<StreamKeyId>().to_string();
    CHECK(find(filter).empty());
    CHECK(find({}) == Ids{of_broadcaster.id, of_key.id, login.id, plain.id});
}

TEST_CASE_FIXTURE(AuditCase, "a time range includes both its ends") {
    const auto before = append(at(seconds(10) - microseconds(1)));
    const auto first = append(at(seconds(10)));
    const auto last = append(at(seconds(20)));
    const auto after = append(at(seconds(20) + microseconds(1)));
    AuditFilter filter;
    filter.from = at(seconds(10));
    CHECK(find(filter) == Ids{after.id, last.id, first.id});
    filter.to = at(seconds(20));
    CHECK(find(filter) == Ids{last.id, first.id});
    filter.from.reset();
    CHECK(find(filter) == Ids{last.id, first.id, before.id});
    filter.from = filter.to = at(seconds(15));
    CHECK(find(filter).empty());
    filter.from = at(seconds(20));
    filter.to = at(seconds(10));
    CHECK(find(filter).empty());
}

TEST_CASE_FIXTURE(AuditCase, "a time range may use the earliest and the latest time") {
    const auto entry = append();
    AuditFilter filter;
    filter.from = parse_rfc3339("0001-01-01T00:00:00Z");
    filter.to = parse_rfc3339("9999-12-31T23:59:59.999999Z");
    REQUIRE(filter.from.has_value());
    REQUIRE(filter.to.has_value());
    CHECK(find(filter) == Ids{entry.id});
}

TEST_CASE_FIXTURE(AuditCase,
                  "an actor is found by a part of the name, without regard to ASCII case") {
    const auto admin = append_by("Admin-Team");
    const auto other = append_by("frontend-app");
    const auto foreign = append_by("ÉCLAIR straße");
    for (const char* part : {"admin", "ADMIN", "min-t", "Admin-Team", "TEAM"}) {
        CAPTURE(part);
        CHECK(find_actor(part) == Ids{admin.id});
    }
    CHECK(find_actor("-") == Ids{other.id, admin.id});
    CHECK(find_actor("") == Ids{foreign.id, other.id, admin.id});
    CHECK(find_actor("Admin-Teams").empty());
    CHECK(find_actor("ÉCLAIR STRAßE") == Ids{foreign.id});
    CHECK(find_actor("éclair").empty());  // beyond ASCII, case matters
}

TEST_CASE_FIXTURE(AuditCase, "no character of an actor filter is a wildcard") {
    const auto percent = append_by("100%");
    const auto underscore = append_by("a_b");
    const auto backslash = append_by("c\\d");
    const auto quote = append_by("o'neil");
    append_by("axb");
    append_by("star*[x]?");
    CHECK(find_actor("%") == Ids{percent.id});
    CHECK(find_actor("_") == Ids{underscore.id});
    CHECK(find_actor("a_b") == Ids{underscore.id});
    CHECK(find_actor("\\") == Ids{backslash.id});
    CHECK(find_actor("'") == Ids{quote.id});
    CHECK(find_actor("*[X]?").size() == 1);
    CHECK(find_actor("s.ar").empty());
}

TEST_CASE_FIXTURE(AuditCase, "an entry must pass every filter that is given") {
    const auto match = append(at(seconds(5)), [](AuditEntry& e) {
        e.actor = "Alice";
        e.action = "update";
        e.resource_type = "broadcaster";
    });
    append(at(seconds(5)), [](AuditEntry& e) {
        e.actor = "Alice";
        e.action = "update";
    });
    append(at(seconds(5)), [](AuditEntry& e) {
        e.actor = "Bob";
        e.action = "update";
        e.resource_type = "broadcaster";
    });
    append(at(seconds(6)), [](AuditEntry& e) {
        e.actor = "Alice";
        e.action = "update";
        e.resource_type = "broadcaster";
    });
    AuditFilter filter;
    filter.action = "update";
    filter.actor_contains = "ali";
    filter.resource_type = "broadcaster";
    filter.from = filter.to = at(seconds(5));
    CHECK(find(filter) == Ids{match.id});
}

TEST_CASE_FIXTURE(AuditCase, "any members of a filter together select what each of them selects") {
    const std::vector<std::string> actors{"Ann", "Anna", "bob"};
    const std::vector<std::string> actions{"create", "delete", "login"};
    const std::vector<std::optional<std::string>> types{std::nullopt, "key", "stream", "unit"};
    const std::vector<std::optional<std::string>> resources{std::nullopt, "r1", "r2"};
    std::vector<AuditEntry> all;
    for (int i = 0; i < 120; ++i) {
        all.push_back(append(at(seconds(i / 3)), [&](AuditEntry& e) {
            e.actor = actors[static_cast<std::size_t>(i * 7 % 11 % 3)];
            e.action = actions[static_cast<std::size_t>(i * 5 % 13 % 3)];
            e.resource_type = types[static_cast<std::size_t>(i * 3 % 17 % 4)];
            e.resource_id = resources[static_cast<std::size_t>(i * 11 % 19 % 3)];
            e.origin = i * 7 % 23 % 2 == 0 ? AuditOrigin::kApi : AuditOrigin::kServer;
        }));
    }
    std::reverse(all.begin(), all.end());
    const std::vector<std::optional<std::string>> parts{std::nullopt, "ann", "b", "nobody"};
    const std::vector<std::optional<std::string>> wanted{std::nullopt, "create", "login", "none"};
    int compared = 0;
    for (const auto& part : parts) {
        for (const auto& action : wanted) {
            for (const auto& type : types) {
                for (const auto& resource : resources) {
                    AuditFilter filter;
                    filter.actor_contains = part;
                    filter.action = action;
                    filter.resource_type = type;
                    filter.resource_id = resource;
                    filter.limit = 100;
                    if (++compared % 2 == 0) filter.from = at(seconds(9));
                    if (compared % 3 == 0) filter.to = at(seconds(30));
                    if (compared % 5 == 0) filter.origin = AuditOrigin::kServer;
                    if (compared % 7 == 0) filter.origin = AuditOrigin::kApi;
                    Ids expected;
                    for (const auto& entry : all) {
                        const bool is_of_actor = !part ||
                                                 (*part == "ann" && entry.actor != "bob") ||
                                                 (*part == "b" && entry.actor == "bob");
                        if (is_of_actor && (!action || entry.action == *action) &&
                            (!type || entry.resource_type == type) &&
                            (!resource || entry.resource_id == resource) &&
                            (!filter.origin || entry.origin == *filter.origin) &&
                            (!filter.from || entry.timestamp >= *filter.from) &&
                            (!filter.to || entry.timestamp <= *filter.to)) {
                            expected.push_back(entry.id);
                        }
                    }
                    CAPTURE(part.value_or("-") + " " + action.value_or("-") + " " +
                            type.value_or("-") + " " + resource.value_or("-"));
                    const auto exported =
                        collect_pages<AuditEntry>(7, [&](const PageRequest& page) {
                            return storage().export_audit(filter, page);
                        });
                    CHECK(ids_of(exported) == expected);
                    CHECK(ids_of(storage().export_audit(filter, {}).value().items) == expected);
                    const auto total = expected.size();
                    expected.resize(std::min<std::size_t>(total, 100));
                    const auto page = storage().list_audit(filter).value();
                    CHECK(ids_of(page.entries) == expected);
                    CHECK(page.total == total);
                }
            }
        }
    }
    CHECK(compared == 192);
}

TEST_CASE_FIXTURE(
    AuditCase, "the entries of an incident are about it and what belongs to it, while it is open") {
    Incident incident;
    incident.name = "lake";
    incident.id = new_id<IncidentId>();
    incident.created_at = incident.updated_at = at(seconds(100));
    AuditEntry opened = make_audit("open", at(seconds(100)));
    opened.resource_type = "incident";
    opened.resource_id = incident.id.to_string();
    REQUIRE(storage().create_incident(incident, opened));
    const auto assigned = add_key();
    const auto owner = add_broadcaster();
    const auto with_owner = add_key(owner.id);
    const auto foreign = add_key();
    REQUIRE(storage().assign_to_incident(incident.id, {{owner.id}, {assigned.key.id}},
                                         at(seconds(101)), make_audit("x")));
    GuestLinkRow link;
    link.link.id = new_id<GuestLinkId>();
    link.link.incident_id = incident.id;
    link.link.created_at = at(seconds(101));
    REQUIRE(storage().create_guest_link(link, make_audit("x")));
    const auto about = [&](const std::string& id, int when) {
        return append(at(seconds(when)), [&](AuditEntry& e) { e.resource_id = id; }).id;
    };
    about(assigned.key.id.to_string(), 99);
    about(foreign.key.id.to_string(), 110);
    const Ids expected{about(link.link.id.to_string(), 114),
                       about(with_owner.key.id.to_string(), 113), about(owner.id.to_string(), 112),
                       about(assigned.key.id.to_string(), 111), opened.id};

    AuditFilter filter;
    filter.incident_id = incident.id;
    const auto exported = [&] { return ids_of(storage().export_audit(filter, {}).value().items); };
    CHECK(find(filter) == expected);
    CHECK(exported() == expected);
    filter.limit = 2;
    filter.offset = 1;
    CHECK(ids_of(storage().list_audit(filter).value().entries) == Ids{expected[1], expected[2]});
    filter = {};
    filter.incident_id = incident.id;
    filter.action = "open";
    filter.actor_contains = opened.actor;
    CHECK(find(filter) == Ids{opened.id});
    CHECK(exported() == Ids{opened.id});
    filter.actor_contains = "nobody";
    CHECK(find(filter).empty());
    filter = {};
    filter.incident_id = new_id<IncidentId>();
    CHECK(find(filter).empty());
    CHECK(exported().empty());

    // What is done after its end is not about it. What was assigned when it was closed still is.
    filter.incident_id = incident.id;
    AuditEntry closed = make_audit("close", at(seconds(120)));
    closed.resource_id = incident.id.to_string();
    REQUIRE(storage().close_incident(incident.id, {at(seconds(120)), "ada"}, closed));
    about(incident.id.to_string(), 121);
    about(assigned.key.id.to_string(), 122);
    Ids with_close{closed.id};
    with_close.insert(with_close.end(), expected.begin(), expected.end());
    CHECK(find(filter) == with_close);
    CHECK(exported() == with_close);
    const auto details = storage().find_incident(incident.id).value();
    CHECK(details.assigned == IncidentAssignment{});
    CHECK(details.assigned_when_closed.broadcaster_ids == std::vector{owner.id});
    CHECK(details.assigned_when_closed.stream_key_ids ==
          std::vector{std::min(assigned.key.id, with_owner.key.id),
                      std::max(assigned.key.id, with_owner.key.id)});
}

TEST_CASE_FIXTURE(AuditCase, "the entries of an incident include those about its streams") {
    Incident incident;
    incident.name = "lake";
    incident.id = new_id<IncidentId>();
    incident.created_at = incident.updated_at = at(seconds(0));
    REQUIRE(storage().create_incident(incident, make_audit("x")));
    auto row = make_key(add_broadcaster().id);
    row.key.incident_id = incident.id;
    add(row);
    claim(row, "a");
    Stream stream = make_stream(row.key, "a");
    stream.incident_id = incident.id;
    commit_stream(row, stream);
    const auto about = [&](const std::string& id) {
        return append(at(seconds(20)), [&](AuditEntry& e) { e.resource_id = id; }).id;
    };
    const Ids expected{about(row.key.broadcaster_id.to_string()), about(stream.id.to_string())};
    AuditFilter filter;
    filter.incident_id = incident.id;
    CHECK(find(filter) == Ids{expected[1], expected[0]});
}
