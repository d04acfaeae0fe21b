#include "rescuestream/incidents.hpp"

#include <algorithm>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace incidents_test {

namespace {

template <class T>
Result<void> as_void(const Result<T>& result) {
    if (!result) return result.error();
    return {};
}

struct IncidentsCase : StorageCase {
    Incident make_incident(const std::string& name, seconds when = seconds(0)) {
        Incident incident;
        incident.name = name;
        incident.reference = "R-" + name;
        incident.metadata = JsonObject::parse(R"({"a":[1]})").value();
        incident.id = new_id<IncidentId>();
        incident.created_at = incident.updated_at = at(when);
        incident.created_by = "ada";
        return incident;
    }
    Incident add_incident(const std::string& name = "lake", seconds when = seconds(0)) {
        const Incident incident = make_incident(name, when);
        REQUIRE(storage().create_incident(incident, make_audit("open")));
        return incident;
    }
    Result<IncidentDetails> assign(IncidentId id, const IncidentAssignment& given) {
        return storage().assign_to_incident(id, given, at(seconds(5)), make_audit("assign"));
    }
    Result<IncidentDetails> take(IncidentId id, const IncidentAssignment& given) {
        return storage().take_from_incident(id, given, at(seconds(6)), make_audit("unassign"));
    }
    IncidentOutcome close(IncidentId id, seconds when = seconds(100)) {
        return storage().close_incident(id, {at(when), "bob"}, make_audit("close")).value();
    }
    StreamKeyRow add_key_of(const Incident& incident, bool until_closed) {
        auto row = make_key(add_broadcaster().id);
        row.key.incident_id = incident.id;
        row.key.until_closed = until_closed;
        row.key.created_by = "ada";
        add(row);
        return row;
    }
    StreamKey key(const StreamKeyRow& row) { return storage().find_stream_key(row.key.id).value(); }
};

}  // namespace

TEST_CASE_FIXTURE(IncidentsCase, "an incident is found and listed as it was created") {
    CHECK(code_of(storage().find_incident(new_id<IncidentId>())) == ErrorCode::kNotFound);
    const auto lake = add_incident("lake", seconds(1));
    const auto hill = add_incident("hill", seconds(2));
    CHECK(storage().find_incident(lake.id).value() == IncidentDetails{lake, {}});
    CHECK(storage().list_incidents({}, {}).value().items == std::vector<Incident>{hill, lake});
    const auto pages = collect_pages<Incident>(
        1, [&](const PageRequest& page) { return storage().list_incidents({}, page); });
    CHECK(pages == std::vector<Incident>{hill, lake});
    close(hill.id);
    IncidentFilter filter;
    filter.open = true;
    CHECK(ids_of(storage().list_incidents(filter, {}).value().items) == std::vector{lake.id});
    filter.open = false;
    CHECK(ids_of(storage().list_incidents(filter, {}).value().items) == std::vector{hill.id});
}

TEST_CASE_FIXTURE(IncidentsCase, "incidents are found by exactly their name or reference") {
    const auto first = add_incident("lake", seconds(1));
    const auto second = add_incident("lake", seconds(2));
    auto other = make_incident("R-lake", seconds(3));
    other.reference = "";
    REQUIRE(storage().create_incident(other, make_audit("open")));
    close(first.id);
    const auto found = [&](const IncidentFilter& filter) {
        return ids_of(storage().list_incidents(filter, {}).value().items);
    };
    IncidentFilter filter;
    filter.name = "lake";
    CHECK(found(filter) == std::vector{second.id, first.id});
    CHECK(ids_of(collect_pages<Incident>(1, [&](const PageRequest& page) {
              return storage().list_incidents(filter, page);
          })) == std::vector{second.id, first.id});
    filter.open = true;
    CHECK(found(filter) == std::vector{second.id});
    filter.open = false;
    CHECK(found(filter) == std::vector{first.id});
    filter.reference = "R-lake";
    CHECK(found(filter) == std::vector{first.id});
    filter = {};
    filter.reference = "R-lake";
    CHECK(found(filter) == std::vector{second.id, first.id});
    for (const auto* none : {"Lake", "lak", "lake ", "%", ""}) {
        filter = {};
        filter.name = none;
        CHECK(found(filter).empty());
    }
}

TEST_CASE_FIXTURE(IncidentsCase,
                  "credentials with few rights leave others room for open incidents") {
    const auto open = [&](const std::string& account) {
        return storage().create_incident(make_incident("lake"),
                                         AuditDraft(make_audit("open"), {{}, {}, account}));
    };
    for (std::size_t i = 0; i < kMostOpenIncidents / 2; ++i) REQUIRE(open("aaaaaaaaaaaa"));
    CHECK(code_of(open("aaaaaaaaaaaa")) == ErrorCode::kConflict);
    for (std::size_t i = 0; i < 400; ++i) REQUIRE(open("bbbbbbbbbbbb"));
    const auto refused = open("cccccccccccc");
    REQUIRE(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().message.find("900 of the 1000") != std::string::npos);
    // Those who may do everything have the rest, and what they open counts for nobody.
    const auto owned = add_incident();
    close(owned.id);
    const auto reopen = [&](const std::string& account) {
        return storage().reopen_incident(owned.id, at(seconds(0)), at(seconds(101)),
                                         AuditDraft(make_audit("reopen"), {{}, {}, account}));
    };
    CHECK(code_of(reopen("cccccccccccc")) == ErrorCode::kConflict);
    CHECK(reopen("").has_value());
    for (std::size_t i = 901; i < kMostOpenIncidents; ++i) REQUIRE(open(""));
    CHECK(code_of(open("")) == ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(IncidentsCase, "no more than a thousand incidents are open at the same time") {
    const auto old = add_incident("old");
    close(old.id);
    for (std::size_t i = 1; i < kMostOpenIncidents; ++i) add_incident();
    // Several servers at once: one of them opens the last one.
    constexpr std::size_t kCallers = 4;
    constexpr int kRounds = 20;
    std::optional<IncidentId> last;
    for (int round = 0; round < kRounds; ++round) {
        if (last) close(*last);
        std::vector<Incident> given;
        std::vector<AuditEntry> entries;
        for (std::size_t i = 0; i < kCallers; ++i) {
            given.push_back(i == 0 ? old : make_incident("last"));
            entries.push_back(make_audit("open"));
        }
        const auto answers = answers_at_once<void>(kCallers, [&](int caller) {
            const auto i = static_cast<std::size_t>(caller);
            if (caller > 0) return storage().create_incident(given[i], entries[i]);
            return as_void(
                storage().reopen_incident(old.id, at(seconds(1)), at(seconds(101)), entries[i]));
        });
        int opened = 0;
        for (std::size_t i = 0; i < kCallers; ++i) {
            if (answers[i]) {
                ++opened;
                last = given[i].id;
            } else {
                CHECK(answers[i].error().code == ErrorCode::kConflict);
            }
        }
        REQUIRE(opened == 1);
    }
    IncidentFilter filter;
    filter.open = true;
    const auto open = storage().list_incidents(filter, {}).value().items;
    REQUIRE(open.size() == kMostOpenIncidents);

    // What is refused leaves nothing behind, and each one that is closed makes room for another.
    const auto before = audit_count();
    const auto refused = make_incident("more");
    CHECK(code_of(storage().create_incident(refused, make_audit("open"))) == ErrorCode::kConflict);
    CHECK(code_of(storage().find_incident(refused.id)) == ErrorCode::kNotFound);
    CHECK(audit_count() == before);
    const auto one = open.back().id;
    close(one);
    const auto reopen = [&] {
        return storage().reopen_incident(one, at(seconds(1)), at(seconds(102)),
                                         make_audit("reopen"));
    };
    REQUIRE(storage().create_incident(refused, make_audit("open")));
    CHECK(code_of(reopen()) == ErrorCode::kConflict);
    CHECK(storage().find_incident(one)->incident.closed_at == at(seconds(100)));
    close(refused.id);
    CHECK(reopen().has_value());
}

TEST_CASE_FIXTURE(IncidentsCase, "a change of an incident sets what it gives and writes its name") {
    const auto lake = add_incident();
    IncidentPatch patch;
    patch.name = "river";
    const auto changed =
        storage().update_incident(lake.id, patch, at(seconds(9)), make_audit("update")).value();
    CHECK(changed.name == "river");
    CHECK(changed.reference == lake.reference);
    CHECK(changed.updated_at == at(seconds(9)));
    CHECK(storage().find_incident(lake.id)->incident == changed);
    AuditFilter filter;
    filter.action = "update";
    const auto entries = storage().list_audit(filter)->entries;
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].metadata.text().find(R"("display_name":"river")") != std::string::npos);
    CHECK(code_of(storage().update_incident(new_id<IncidentId>(), patch, at(seconds(9)),
                                            make_audit())) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(IncidentsCase, "a broadcaster is assigned with its keys, those to come too") {
    const auto lake = add_incident();
    const auto owner = add_broadcaster();
    const auto first = add_key(owner.id);
    const auto other = add_key();
    const auto details = assign(lake.id, {{owner.id}, {}}).value();
    CHECK(details.assigned == IncidentAssignment{{owner.id}, {first.key.id}});
    CHECK(storage().find_broadcaster(owner.id)->incident_id == lake.id);
    CHECK(key(first).incident_id == lake.id);
    CHECK_FALSE(key(other).incident_id.has_value());
    const auto second = make_key(owner.id);
    CHECK(storage().create_stream_key(second, make_audit())->incident_id == lake.id);
    CHECK(key(second).incident_id == lake.id);
    StreamKeyFilter filter;
    filter.incident_id = lake.id;
    CHECK(storage().list_stream_keys(filter, {})->items.size() == 2);

    CHECK(assign(lake.id, {{owner.id}, {first.key.id}}).has_value());
    const auto left = take(lake.id, {{owner.id}, {}}).value();
    CHECK(left.assigned == IncidentAssignment{});
    CHECK_FALSE(key(second).incident_id.has_value());
}

TEST_CASE_FIXTURE(IncidentsCase, "of very many assigned keys an incident shows a thousand") {
    const auto lake = add_incident();
    const auto owner = add_broadcaster();
    REQUIRE(assign(lake.id, {{owner.id}, {}}));
    for (std::size_t i = 0; i < kMostShownAssigned; ++i) add_key(owner.id);
    const auto all = storage().find_incident(lake.id).value();
    CHECK(all.assigned.stream_key_ids.size() == kMostShownAssigned);
    CHECK_FALSE(all.has_more_stream_keys);
    const auto last = add_key(owner.id);
    const auto some = storage().find_incident(lake.id).value();
    CHECK(some.assigned == all.assigned);
    CHECK(some.has_more_stream_keys);
    CHECK_FALSE(some.has_more_broadcasters);
    // Also those that are not shown belong to it.
    const auto left = take(lake.id, {{}, {last.key.id}}).value();
    CHECK(left.assigned == all.assigned);
    CHECK_FALSE(left.has_more_stream_keys);
    CHECK_FALSE(key(last).incident_id.has_value());
}

TEST_CASE_FIXTURE(IncidentsCase,
                  "what is on air joins the incident with its key, and ended streams do not") {
    const auto lake = add_incident("lake");
    const auto hill = add_incident("hill");
    const auto owner = add_broadcaster();
    const auto first = add_key(owner.id);
    const auto second = add_key();
    Stream past = go_live(first, "c1");
    past.state = StreamState::kEnded;
    past.ended_at = at(seconds(11));
    past.end_reason = EndReason::kClientDisconnected;
    commit_stream(first, past);
    const auto ended = past.id;
    commit_claim(first, std::nullopt);
    const auto running = go_live(first, "c2", at(seconds(20))).id;
    const auto other = go_live(second, "c3", at(seconds(20))).id;
    REQUIRE(assign(lake.id, {{owner.id}, {second.key.id}}));
    StreamFilter filter;
    filter.incident_id = lake.id;
    const auto found = storage().list_streams(filter, {}).value().items;
    CHECK(found.size() == 2);
    CHECK_FALSE(storage().find_stream(ended)->incident_id.has_value());
    CHECK(storage().find_stream(running)->incident_id == lake.id);
    // For ever: neither another incident nor a step of the stream changes it.
    close(lake.id);
    REQUIRE(assign(hill.id, {{owner.id}, {}}));
    CHECK(storage().find_stream(running)->incident_id == lake.id);
    CHECK(storage().find_stream(other)->incident_id == lake.id);
}

TEST_CASE_FIXTURE(IncidentsCase, "a key and a broadcaster belong to one incident at a time") {
    const auto lake = add_incident("lake");
    const auto hill = add_incident("hill");
    const auto owner = add_broadcaster();
    const auto row = add_key(owner.id);
    const auto free_key = add_key();
    REQUIRE(assign(lake.id, {{}, {row.key.id}}));
    const auto refused = assign(hill.id, {{}, {free_key.key.id, row.key.id}});
    CHECK(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().fields.at(0).pointer == "/stream_key_ids/1");
    CHECK_FALSE(key(free_key).incident_id.has_value());
    // With its broadcaster it stays where it is.
    CHECK(assign(hill.id, {{owner.id}, {}})->assigned == IncidentAssignment{{owner.id}, {}});
    CHECK(key(row).incident_id == lake.id);
    CHECK(code_of(assign(lake.id, {{owner.id}, {}})) == ErrorCode::kConflict);
    // Out of an incident to which it does not belong, it cannot be taken.
    CHECK(take(hill.id, {{}, {row.key.id}}).has_value());
    CHECK(key(row).incident_id == lake.id);
}

TEST_CASE_FIXTURE(IncidentsCase, "an assignment that names nothing changes nothing") {
    const auto lake = add_incident();
    const auto row = add_key();
    const auto no_key = assign(lake.id, {{}, {row.key.id, new_id<StreamKeyId>()}});
    CHECK(code_of(no_key) == ErrorCode::kInvalidArgument);
    CHECK(no_key.error().fields.at(0).pointer == "/stream_key_ids/1");
    const auto no_owner = assign(lake.id, {{new_id<BroadcasterId>()}, {row.key.id}});
    CHECK(code_of(no_owner) == ErrorCode::kInvalidArgument);
    CHECK(no_owner.error().fields.at(0).pointer == "/broadcaster_ids/0");
    CHECK_FALSE(key(row).incident_id.has_value());
    CHECK(code_of(assign(new_id<IncidentId>(), {{}, {row.key.id}})) == ErrorCode::kNotFound);
    CHECK(take(lake.id, {{new_id<BroadcasterId>()}, {new_id<StreamKeyId>()}}).has_value());
}

TEST_CASE_FIXTURE(IncidentsCase, "a key is made for an open incident alone") {
    const auto lake = add_incident();
    auto row = make_key(add_broadcaster().id);
    row.key.incident_id = lake.id;
    row.key.until_closed = true;
    row.key.created_by = "ada \"x\"";
    const auto made = storage().create_stream_key(row, make_audit()).value();
    CHECK(made == key(row));
    CHECK(made.incident_id == lake.id);
    CHECK(made.until_closed);
    CHECK(made.created_by == "ada \"x\"");

    close(lake.id);
    auto late = make_key(row.key.broadcaster_id);
    late.key.incident_id = lake.id;
    const auto refused = storage().create_stream_key(late, make_audit());
    CHECK(code_of(refused) == ErrorCode::kInvalidArgument);
    CHECK(refused.error().fields.at(0).pointer == "/incident_id");
    late.key.incident_id = new_id<IncidentId>();
    CHECK(code_of(storage().create_stream_key(late, make_audit())) == ErrorCode::kInvalidArgument);
    CHECK(code_of(storage().find_stream_key(late.key.id)) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(IncidentsCase, "a stream keeps the incident that it began with") {
    const auto lake = add_incident();
    const auto row = add_key();
    REQUIRE(assign(lake.id, {{}, {row.key.id}}));
    CHECK(session(row).key.incident_id == lake.id);
    Stream stream = make_stream(key(row), "a");
    stream.incident_id = lake.id;
    commit_stream(row, stream);
    stream.incident_id.reset();
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(20));
    stream.end_reason = EndReason::kLost;
    commit_stream(row, stream);
    CHECK(storage().find_stream(stream.id)->incident_id == lake.id);
    StreamFilter filter;
    filter.incident_id = lake.id;
    CHECK(ids_of(storage().list_streams(filter, {}).value().items) == std::vector{stream.id});
    filter.incident_id = new_id<IncidentId>();
    CHECK(storage().list_streams(filter, {})->items.empty());
}

TEST_CASE_FIXTURE(IncidentsCase,
                  "closing ends the keys that were made for it and frees the others") {
    const auto lake = add_incident();
    const auto owner = add_broadcaster();
    const auto guest = add_key_of(lake, true);
    const auto own = add_key_of(lake, false);
    const auto of_owner = add_key(owner.id);
    REQUIRE(assign(lake.id, {{owner.id}, {}}));
    go_live(guest, "a");
    go_live(own, "b");

    const auto outcome = close(lake.id);
    CHECK(outcome.changed);
    CHECK(outcome.incident.closed_at == at(seconds(100)));
    CHECK(outcome.incident.closed_by == "bob");
    CHECK(ids_of(outcome.ended_keys) == std::vector{guest.key.id});
    REQUIRE(outcome.cutoffs.size() == 1);
    CHECK(outcome.cutoffs[0].connection.value == "a");
    CHECK(outcome.cutoffs[0].cause.reason == EndReason::kIncidentClosed);
    CHECK(pending() == outcome.cutoffs);

    CHECK(key(guest).status_at(at(seconds(100))) == StreamKeyStatus::kExpired);
    CHECK(key(guest).incident_id == lake.id);
    CHECK(decide(make_request(guest, "c", at(seconds(101)))) == ClaimDecision::kExpired);
    CHECK_FALSE(session(guest).claim.has_value());
    CHECK_FALSE(key(own).incident_id.has_value());
    CHECK(session(own).claim.has_value());
    CHECK_FALSE(key(of_owner).incident_id.has_value());
    CHECK_FALSE(storage().find_broadcaster(owner.id)->incident_id.has_value());
    CHECK(code_of(assign(lake.id, {{owner.id}, {}})) == ErrorCode::kConflict);
    CHECK(code_of(take(lake.id, {{owner.id}, {}})) == ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(IncidentsCase, "a facts' reader learns that closing has ended a key") {
    const auto lake = add_incident();
    const auto guest = add_key_of(lake, true);
    const auto before = storage().key_facts_after("", 1'000).value();
    close(lake.id);
    const auto after = storage().key_facts_after(before.next, 1'000).value();
    const auto found =
        std::find_if(after.facts.begin(), after.facts.end(),
                     [&](const KeyFact& fact) { return fact.stream_key_id == guest.key.id; });
    REQUIRE(found != after.facts.end());
    CHECK(found->expires_at == at(seconds(100)));
}

TEST_CASE_FIXTURE(IncidentsCase, "keys that have ended already are not ended again by closing") {
    const auto lake = add_incident();
    const auto revoked = add_key_of(lake, true);
    auto expired = make_key(add_broadcaster().id);
    expired.key.incident_id = lake.id;
    expired.key.until_closed = true;
    expired.key.expires_at = at(seconds(50));
    add(expired);
    REQUIRE(storage().revoke_stream_key(revoked.key.id, at(seconds(9)), make_audit()));
    CHECK(close(lake.id).ended_keys.empty());
    CHECK(key(expired).expires_at == at(seconds(50)));
    CHECK_FALSE(key(revoked).expires_at.has_value());
}

TEST_CASE_FIXTURE(IncidentsCase,
                  "closing twice writes once, and reopening is possible for a time") {
    const auto lake = add_incident();
    const auto guest = add_key_of(lake, true);
    close(lake.id, seconds(100));
    const auto entries = audit_count();
    const auto again = close(lake.id, seconds(200));
    CHECK_FALSE(again.changed);
    CHECK(again.incident.closed_at == at(seconds(100)));
    CHECK(audit_count() == entries);

    const auto reopen = [&](seconds closed_after) {
        return storage().reopen_incident(lake.id, at(closed_after), at(seconds(300)),
                                         make_audit("reopen"));
    };
    CHECK(code_of(reopen(seconds(100))) == ErrorCode::kConflict);
    const auto open = reopen(seconds(99)).value();
    CHECK_FALSE(open.closed_at.has_value());
    CHECK(open.closed_by.empty());
    CHECK(reopen(seconds(1'000)).value() == open);
    CHECK(audit_count() == entries + 1);
    CHECK(key(guest).status_at(at(seconds(300))) == StreamKeyStatus::kExpired);
    CHECK(code_of(storage().reopen_incident(new_id<IncidentId>(), at(seconds(0)), at(seconds(1)),
                                            make_audit())) == ErrorCode::kNotFound);
}

}  // namespace incidents_test
