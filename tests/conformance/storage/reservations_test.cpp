#include <algorithm>
#include <array>
#include <latch>
#include <thread>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct Reservations : StorageCase {
    RequestReservation wanted(const std::string& key, const std::string& content,
                              microseconds when = seconds(0)) {
        RequestReservation request;
        request.key = digest_key_value(key);
        request.content = digest_key_value(content);
        request.id = new_id<AuditEntryId>().uuid();
        request.now = at(when);
        request.running_until = at(when + seconds(60));
        request.expires_at = at(when + std::chrono::hours(24));
        return request;
    }
    RepeatedRequest reserve(const std::string& key, const std::string& content,
                            microseconds when = seconds(0)) {
        return storage().reserve_request(wanted(key, content, when)).value();
    }
    AuditDraft change(const Uuid& reservation) {
        return {make_audit(), RequestConditions{{}, reservation}};
    }
    // Carries the request out as a server does.
    std::string make(const Uuid& reservation) {
        const auto row = make_broadcaster();
        AuditEntry entry = make_audit();
        entry.resource_type = "broadcaster";
        entry.resource_id = row.id.to_string();
        REQUIRE(storage().create_broadcaster(row, {entry, RequestConditions{{}, reservation}}));
        return row.id.to_string();
    }
    std::size_t broadcasters() { return storage().list_broadcasters({}).value().items.size(); }
};

}  // namespace

TEST_CASE_FIXTURE(Reservations, "a repeated request gets the answer of the first one") {
    const auto first = reserve("k", "a");
    REQUIRE(first.state == RepeatState::kFirst);
    CHECK(reserve("k", "a", seconds(1)).state == RepeatState::kRunning);
    make(first.reservation);
    CHECK(reserve("k", "a", seconds(2)).state == RepeatState::kRunning);
    REQUIRE(storage().answer_request(first.reservation, "sealed"));
    const auto repeated = reserve("k", "a", seconds(3));
    CHECK(repeated.state == RepeatState::kAnswered);
    CHECK(repeated.answer == "sealed");
    CHECK(reserve("k", "b", seconds(4)).state == RepeatState::kOther);
    CHECK(reserve("other", "a", seconds(4)).state == RepeatState::kFirst);
}

TEST_CASE_FIXTURE(Reservations, "a key can be used for something else after its time") {
    make(reserve("k", "a").reservation);
    CHECK(reserve("k", "b", std::chrono::hours(24) - seconds(1)).state == RepeatState::kOther);
    CHECK(reserve("k", "b", std::chrono::hours(24)).state == RepeatState::kFirst);
    CHECK(reserve("k", "a", std::chrono::hours(25)).state == RepeatState::kOther);
}

TEST_CASE_FIXTURE(Reservations, "a request that changed nothing can be sent again at once") {
    const auto first = reserve("k", "a");
    REQUIRE(storage().release_request(first.reservation));
    CHECK(reserve("k", "b", seconds(1)).state == RepeatState::kFirst);
    REQUIRE(storage().release_request(first.reservation));  // not an error
}

TEST_CASE_FIXTURE(Reservations,
                  "a change whose answer was lost is not released, and names itself") {
    const auto first = reserve("k", "a");
    const auto made = make(first.reservation);
    REQUIRE(storage().release_request(first.reservation));
    const auto repeated = reserve("k", "a", seconds(61));
    CHECK(repeated.state == RepeatState::kUnanswered);
    CHECK(repeated.made_type == "broadcaster");
    CHECK(repeated.made_id == made);
}

TEST_CASE_FIXTURE(
    Reservations,
    "a request whose program died before the change is carried out by the next one, and "
    "the dead one's change is refused") {
    const auto first = reserve("k", "a");
    const auto second = reserve("k", "a", seconds(60));
    REQUIRE(second.state == RepeatState::kFirst);
    const auto before = broadcasters();
    const auto entries = audit_count();
    CHECK(code_of(storage().create_broadcaster(make_broadcaster(), change(first.reservation))) ==
          ErrorCode::kConflict);
    CHECK(code_of(storage().append_audit(change(first.reservation))) == ErrorCode::kConflict);
    CHECK(broadcasters() == before);
    CHECK(audit_count() == entries);
    make(second.reservation);
    CHECK(broadcasters() == before + 1);
}

TEST_CASE_FIXTURE(Reservations, "one reservation leads to one change of each kind at most") {
    const auto row = add_key();
    const auto spent = [&] {
        static int number = 0;
        const auto one = reserve("key " + std::to_string(++number), "a");
        make(one.reservation);
        return change(one.reservation);
    };
    const auto keys = storage().list_stream_keys({}, {}).value().items;
    const auto entries = [&](auto step) {
        const AuditDraft draft = spent();
        const auto before = audit_count();
        CHECK(code_of(step(draft)) == ErrorCode::kConflict);
        CHECK(audit_count() == before);
    };
    entries([&](const AuditDraft& draft) {
        return storage().create_stream_key(make_key(row.key.broadcaster_id), draft);
    });
    entries([&](const AuditDraft& draft) {
        const StreamKeyRotation rotation{row.key.id, digest_key_value("new"), std::nullopt};
        return storage().rotate_stream_key(rotation, at(seconds(5)), draft);
    });
    entries([&](const AuditDraft& draft) {
        Node node;
        node.name = "south";
        return storage().create_node(node, draft);
    });
    Incident incident;
    incident.id = new_id<IncidentId>();
    entries([&](const AuditDraft& draft) { return storage().create_incident(incident, draft); });
    GuestLinkRow link;
    link.link.id = new_id<GuestLinkId>();
    entries([&](const AuditDraft& draft) { return storage().create_guest_link(link, draft); });
    ApiCredentialRow credential;
    credential.credential.id = ApiCredentialId{"aaaaaaaaaaaa"};
    entries(
        [&](const AuditDraft& draft) { return storage().create_credential(credential, draft); });
    CHECK(storage().list_stream_keys({}, {}).value().items == keys);
    CHECK(storage().list_nodes().value().empty());
    CHECK(storage().list_incidents({}, {}).value().items.empty());
    CHECK(storage().list_guest_links({}, {}).value().items.empty());
    CHECK(storage().list_credentials().value().empty());
}

TEST_CASE_FIXTURE(Reservations, "of several equal requests at once exactly one is the first") {
    constexpr int kThreads = 8;
    for (int round = 0; round < 5; ++round) {
        const std::string key = "race " + std::to_string(round);
        std::vector<RequestReservation> requests;
        for (int i = 0; i < kThreads; ++i) requests.push_back(wanted(key, "a"));
        std::array<RepeatState, kThreads> states{};
        std::latch start(kThreads);
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&, place = static_cast<std::size_t>(i)] {
                start.arrive_and_wait();
                states.at(place) = storage().reserve_request(requests[place]).value().state;
            });
        }
        for (auto& thread : threads) thread.join();
        CHECK(std::count(states.begin(), states.end(), RepeatState::kFirst) == 1);
        CHECK(std::count(states.begin(), states.end(), RepeatState::kRunning) == kThreads - 1);
    }
}

TEST_CASE_FIXTURE(Reservations, "programs on one database know each other's reservations") {
    if (!backend().is_persistent()) return;
    const auto other = backend().open();
    const auto first = reserve("k", "a");
    CHECK(other->reserve_request(wanted("k", "a", seconds(1))).value().state ==
          RepeatState::kRunning);
    make(first.reservation);
    REQUIRE(storage().answer_request(first.reservation, "sealed"));
    CHECK(other->reserve_request(wanted("k", "a", seconds(2))).value().answer == "sealed");
}

TEST_CASE_FIXTURE(Reservations, "expired reservations are removed while others are made") {
    if (!backend().has_schema()) return;
    for (int i = 0; i < 64; ++i) reserve("old " + std::to_string(i), "a");
    for (int i = 0; i < 32; ++i) {
        reserve("new " + std::to_string(i), "a", std::chrono::hours(25));
    }
    // A reservation that is gone cannot be marked.
    const auto gone = reserve("last", "a");
    for (int i = 0; i < 32; ++i) {
        reserve("newer " + std::to_string(i), "a", std::chrono::hours(26));
    }
    CHECK(code_of(storage().append_audit(change(gone.reservation))) == ErrorCode::kConflict);
}
