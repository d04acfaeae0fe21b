// A search of a large audit log reads what it shows and counts, and not more.
#include "plans/plans_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(PlansCase, "a search of the audit log reads no more than it shows and counts") {
    constexpr std::uint64_t kFew = 300;
    constexpr std::uint64_t kCounted = kMostCountedEntries + 1;
    constexpr std::uint64_t kMany = kCounted + kFew;
    fill_audit();
    AuditFilter filter;
    check_search({}, kCounted, kMany);
    filter.action = "rare";
    check_search(filter, 100, kFew);
    filter.action = "create";
    check_search(filter, kCounted, kMany);
    filter = {};
    filter.actor_contains = "rar";
    check_search(filter, 100, kFew);
    filter.actor_contains = "COMMON";
    check_search(filter, kCounted, 3 * kMany);  // three names
    filter.action = "create";
    check_search(filter, kCounted, 3 * kMany);
    filter = {};
    filter.resource_type = "rare";
    check_search(filter, 100, kFew);
    filter = {};
    filter.resource_id = "rare";
    check_search(filter, 100, kFew);
    filter.origin = AuditOrigin::kServer;
    check_search(filter, 5, kFew);
    filter = {};
    filter.from = Timestamp(std::chrono::seconds(1'767'225'600 + 299'901));  // the last 100 entries
    check_search(filter, 100, kFew);
    filter.from.reset();
    filter.to = Timestamp(std::chrono::seconds(1'767'225'600 + 100));
    check_search(filter, 100, kFew);
    // Many entries have one of the members, and none has both.
    filter = {};
    filter.action = "create";
    filter.resource_type = "rare";
    check_search(filter, 0, kFew);
    filter.actor_contains = "common";
    check_search(filter, 0, kFew);
    filter.resource_type.reset();
    filter.action = "rare";
    check_search(filter, 0, kFew);
    filter.action.reset();
    filter.resource_type = "rare";
    check_search(filter, 0, kFew);
    filter.actor_contains = "rare";
    filter.resource_type = "stream_key";
    check_search(filter, 0, kFew);
}

TEST_CASE_FIXTURE(PlansCase, "the index tells which entries of a resource match another member") {
    fill_audit();
    AuditFilter filter;
    filter.resource_id = "rare";
    filter.resource_type = "stream_key";
    CHECK(storage().list_audit(filter).value().total == 0);
    filter.resource_type.reset();
    filter.action = "create";
    CHECK(storage().list_audit(filter).value().total == 0);
    filter.action.reset();
    filter.actor_contains = "common";
    CHECK(storage().list_audit(filter).value().total == 0);
    filter.actor_contains.reset();
    filter.origin = AuditOrigin::kServer;
    CHECK(storage().list_audit(filter).value().total == 5);
    int checked = 0;
    for (const auto& plan : plan_log().read()) {
        if (plan.query.find("audit_entries") == std::string::npos) continue;
        ++checked;
        const std::string fault = plan.query + "\n" + plan.text;
        const bool reads_index =
            plan.text.find("Index Only Scan using audit_entries_of_resource") != std::string::npos;
        CHECK_MESSAGE(reads_index, fault);
    }
    CHECK(checked == 4);
}

TEST_CASE_FIXTURE(PlansCase, "a search by an incident reads few entries") {
    fill();
    fill_audit();
    Incident incident;
    incident.name = "lake";
    incident.id = new_id<IncidentId>();
    incident.created_at = incident.updated_at = at(seconds(0));
    REQUIRE(storage().create_incident(incident, make_audit("open")));
    const auto row = add_key();
    REQUIRE(storage().assign_to_incident(incident.id, {{}, {row.key.id}}, at(seconds(1)),
                                         make_audit("assign")));
    AuditEntry about = make_audit("rotate", at(seconds(2)));
    about.resource_type = "stream_key";
    about.resource_id = row.key.id.to_string();
    REQUIRE(storage().append_audit(about));
    plan_log().read();
    AuditFilter filter;
    filter.incident_id = incident.id;
    check_search(filter, 1, 300);
}
