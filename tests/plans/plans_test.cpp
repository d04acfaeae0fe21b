// No statement that a publisher, a viewer or a poll causes reads more rows than it needs,
// whatever the planner believes about the tables: no statistics, or those of a table that was
// empty.
#include "plans/plans_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(PlansCase,
                  "plans that were made on empty tables read few rows when the tables are full") {
    for (int i = 0; i < kRuns; ++i) run_everything();
    fill();
    run_everything();
    check(faults());
    CHECK(seen() > 100);
}

TEST_CASE_FIXTURE(PlansCase,
                  "plans that were made on tables analysed as empty read few rows later") {
    execute("VACUUM ANALYZE");
    for (int i = 0; i < kRuns; ++i) run_everything();
    fill();
    run_everything();
    check(faults());
}

TEST_CASE_FIXTURE(PlansCase, "no table is scanned in a database that was just filled") {
    fill();
    for (int i = 0; i < kRuns; ++i) run_everything();
    check(faults());
}

TEST_CASE_FIXTURE(PlansCase, "no table is scanned in a database that was analysed") {
    fill();
    execute("VACUUM ANALYZE");
    reopen();
    plan_log().read();
    for (int i = 0; i < kRuns; ++i) run_everything();
    check(faults());
}

TEST_CASE_FIXTURE(PlansCase,
                  "incidents and guest links are found and counted without their history") {
    for (const auto* table : {"incidents", "guest_links"}) {
        execute(std::string("ALTER TABLE rescuestream.") + table +
                " SET (autovacuum_enabled = off)");
        execute(std::string("TRUNCATE rescuestream.") + table);
    }
    std::uint8_t links = 0;
    const auto use = [&] {
        Incident incident;
        incident.name = "Lake";
        incident.reference = "R-1";
        incident.id = new_id<IncidentId>();
        incident.created_at = incident.updated_at = at(seconds(0));
        REQUIRE(storage().create_incident(incident, make_audit("open")));
        PageRequest page;
        page.limit = 11;
        for (const auto open : {std::optional<bool>(), std::optional<bool>(true)}) {
            IncidentFilter filter;
            filter.open = open;
            filter.name = "Lake";
            CHECK_FALSE(storage().list_incidents(filter, page).value().items.empty());
            filter.name.reset();
            filter.reference = "R-1";
            CHECK_FALSE(storage().list_incidents(filter, page).value().items.empty());
            filter.reference.reset();
            CHECK_FALSE(storage().list_incidents(filter, page).value().items.empty());
        }
        GuestLinkRow row;
        row.link.id = new_id<GuestLinkId>();
        row.link.label = "Press";
        row.link.expires_at = at(seconds(1'000'000'000));
        row.link.created_at = at(seconds(500'000'000));
        row.digest[0] = ++links;
        REQUIRE(storage().create_guest_link(row, make_audit()));
        for (const auto open : {std::optional<bool>(), std::optional<bool>(true)}) {
            GuestLinkFilter filter;
            filter.label = "Press";
            filter.open = open;
            filter.at = row.link.created_at;
            CHECK_FALSE(storage().list_guest_links(filter, page).value().items.empty());
        }
    };
    for (int i = 0; i < kRuns; ++i) use();
    // What is over for long, and 200 that are open; of the links, most have expired.
    execute(
        "INSERT INTO rescuestream.incidents (id, name, reference, metadata, created_at, "
        "updated_at, created_by, closed_at, closed_by) SELECT md5('i' || n)::uuid, 'Search ' || n, "
        "'S-' || n, '{}', now(), now(), '', CASE WHEN n > 200 THEN now() END, '' "
        "FROM generate_series(1, 12000) n");
    execute(
        "INSERT INTO rescuestream.guest_links (id, digest, pin, label, targets, expires_at, "
        "created_at, created_by) SELECT md5('g' || n)::uuid, sha256(n::text::bytea), '', 'L ' || "
        "n, "
        "'{}', CASE WHEN n > 200 THEN '2001-01-01Z'::timestamptz ELSE '2999-01-01Z'::timestamptz "
        "END, now(), '' FROM generate_series(1, 12000) n");
    plan_log().read();
    for (int i = 0; i < 2 * kRuns; ++i) use();
    int checked = 0;
    for (const auto& plan : plan_log().read()) {
        const bool is_about_them = plan.query.find("FROM incidents") != std::string::npos ||
                                   plan.query.find("FROM guest_links") != std::string::npos;
        if (!is_about_them) continue;
        ++checked;
        const std::string fault = plan.query + "\n" + plan.text;
        CHECK_MESSAGE((plan.most_rows <= kMostRows && !plan.reads_whole_table), fault);
    }
    CHECK(checked >= 2 * kRuns * 10);
    for (const auto* table : {"incidents", "guest_links"}) {
        execute(std::string("TRUNCATE rescuestream.") + table);
    }
}
