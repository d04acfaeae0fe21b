// Incidents, from their opening to their report.
#include <doctest/doctest.h>

#include <algorithm>

#include "rescuestream/json.hpp"
#include "support/test_orchestrator.hpp"

namespace orchestrator_incidents_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

Incident open_incident(TestOrchestrator& t, const std::string& name = "Search at the lake") {
    NewIncident input;
    input.name = name;
    input.reference = "2026-117";
    return t->create_incident(input, t.caller).value();
}

CreatedStreamKey key_for(TestOrchestrator& t, const Incident& incident, bool until_closed) {
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    input.playback_path = "live/guest";
    input.label = "Guest | <b>";
    input.incident_id = incident.id;
    input.until_closed = until_closed;
    return t->create_stream_key(input, t.caller).value();
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a stream that is on air while its key is assigned belongs to the incident, for ever") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto key = t.key();
    REQUIRE(t.publish(key, "c1"));
    CHECK_FALSE(t.live().at(0).incident_id.has_value());
    t->assign_to_incident(incident.id, {{}, {key.key.id}}, t.caller).value();
    CHECK(t.live().at(0).incident_id == incident.id);
    t->stop_stream(t.live().at(0).id, seconds(0), t.caller).value();
    REQUIRE(t.publish(key, "c2"));
    const auto stream = t.live().at(0);
    CHECK(stream.incident_id == incident.id);
    t->take_from_incident(incident.id, {{}, {key.key.id}}, t.caller).value();
    CHECK(t->find_stream(stream.id)->incident_id == incident.id);
}

TEST_CASE("closing an incident cuts off what publishes with a key that was made for it") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto guest = key_for(t, incident, true);
    const auto own = t.key();
    t->assign_to_incident(incident.id, {{}, {own.key.id}}, t.caller).value();
    REQUIRE(t.publish(guest, "c1"));
    REQUIRE(t.publish(own, "c2"));
    const auto closed = t->close_incident(incident.id, t.caller).value();
    CHECK(closed.ended_keys == 1);
    CHECK(closed.cutoff.kicked == 1);
    CHECK(closed.incident.closed_by == "tester");
    CHECK(t.ask(guest, "c3").refusal == PublishRefusal::kExpired);
    REQUIRE(t.live().size() == 1);
    CHECK(t.live()[0].stream_key_id == own.key.id);
    StreamFilter ended;
    ended.incident_id = incident.id;
    ended.states = {StreamState::kEnded};
    CHECK(t->list_streams(ended)->items.at(0).end_reason == EndReason::kIncidentClosed);
    CHECK(t->close_incident(incident.id, t.caller)->ended_keys == 0);
}

TEST_CASE("a closed incident can be opened again for a day, and no longer") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    t->close_incident(incident.id, t.caller).value();
    t.clock.advance(hours(24) - seconds(1));
    CHECK_FALSE(t->reopen_incident(incident.id, t.caller)->closed_at.has_value());
    t->close_incident(incident.id, t.caller).value();
    t.clock.advance(hours(24));
    CHECK(t->reopen_incident(incident.id, t.caller).error().code == ErrorCode::kConflict);
}

TEST_CASE("who made a key is known, and until_closed needs an incident") {
    TestOrchestrator t;
    CHECK(t.key().key.created_by == "tester");
    NewStreamKey input;
    input.broadcaster_id = t.broadcaster().id;
    input.until_closed = true;
    const auto refused = t->create_stream_key(input, t.caller);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().fields.at(0).pointer == "/incident_id");
    const auto nothing = t->assign_to_incident(open_incident(t).id, {}, t.caller);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("the report tells who was on air when, where the gaps were, and who did what") {
    auto settings = TestOrchestrator::default_settings();
    settings.reconnect_window = seconds(60);
    TestOrchestrator t(settings);
    const auto incident = open_incident(t, "Lake *north*");
    const auto guest = key_for(t, incident, true);
    REQUIRE(t.publish(guest, "c1"));
    t.clock.advance(seconds(100));
    t.media->disconnect({"c1"});
    t->source_unavailable({"live/guest", "rtmpConn", ConnectionId{"c1"}}).value();
    t.clock.advance(seconds(20));
    REQUIRE(t.publish(guest, "c2"));
    t.clock.advance(seconds(60));
    t->close_incident(incident.id, t.caller).value();

    const auto report = t->incident_report(incident.id).value();
    REQUIRE(report.streams.size() == 1);
    CHECK(report.streams[0].stream.end_reason == EndReason::kIncidentClosed);
    CHECK_FALSE(report.has_more_streams);
    std::vector<std::string> actions;
    for (const auto& entry : report.actions) {
        actions.push_back(entry.action + " " + entry.resource_type.value_or(""));
    }
    std::sort(actions.begin(), actions.end());
    CHECK(actions == std::vector<std::string>{"close incident", "create broadcaster",
                                              "create stream_key", "open incident"});

    const std::string json = to_json(report);
    CHECK(has(json, R"("gaps":[{"from":")"));
    CHECK(has(json, R"("end_reason":"incident_closed")"));
    const std::string text = to_markdown(report);
    CHECK(has(text, R"(# Lake \*north\*)"));
    CHECK(has(text, "- Reference: 2026\\-117"));
    CHECK(has(text, R"(| Guest \| \<b\> | Rescue 1 | )"));
    CHECK(has(text, "(incident closed) | 3 min | 1 |"));
    CHECK(has(text, "| 20 s |\n"));
    CHECK(has(text, "| tester | 127.0.0.1 | close incident Lake "));
}

TEST_CASE("the report tells who watched, who was put out, and who was refused") {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    settings.playback_policy = PlaybackPolicy::kSigned;
    TestOrchestrator t(settings);
    const auto incident = open_incident(t);
    const auto key = key_for(t, incident, true);
    REQUIRE(t.publish(key, "c1"));
    NewGuestLink wanted;
    wanted.label = "Press | 1";
    wanted.incident_id = incident.id;
    const auto link = t->create_guest_link(wanted, t.caller).value().link;
    const auto watch = [&](const std::string& id, const NewPlaybackToken& token) {
        NewPlaybackToken input = token;
        input.paths = {"live/guest"};
        ReadRequest request;
        request.path = "live/guest";
        request.protocol = Protocol::kWebRtc;
        request.password = t->mint_playback_token(input, t.caller).value().token;
        request.remote_address = "192.0.2.7";
        request.connection = ConnectionId{id};
        REQUIRE(t->decide_read(request).decision == ViewerDecision::kAccepted);
        t.media->add_reader("live/guest", "webRTCSession", {id});
    };
    NewPlaybackToken of_ada;
    of_ada.viewer_id = "ada";
    watch("ada", of_ada);
    watch("bob", {});
    NewPlaybackToken of_link;
    of_link.owner = token_owner(link.id);
    watch("guest", of_link);
    RefusedQuestion question;
    question.attempt.reason = "wrong_path";
    question.attempt.path = "live/elsewhere";
    question.attempt.protocol = Protocol::kSrt;
    question.attempt.remote_address = "192.0.2.9";
    question.attempt.stream_key_id = key.key.id;
    t->note_refusal(std::move(question));
    t.media->receive_bytes("live/guest", 1'000);
    t->tick();
    t.clock.advance(seconds(10));
    t->remove_viewer(ConnectionId{"bob"}, t.caller).value();
    t.clock.advance(seconds(10));
    t->close_incident(incident.id, t.caller).value();

    const auto report = t->incident_report(incident.id).value();
    REQUIRE(report.viewers.size() == 3);
    const auto by = [&](const std::string& id) {
        return *std::find_if(report.viewers.begin(), report.viewers.end(),
                             [&](const auto& each) { return each.viewer.id.value == id; });
    };
    CHECK_FALSE(by("ada").put_out_at.has_value());
    CHECK(by("ada").device == "Guest | <b>");
    CHECK(by("bob").put_out_at == report.details.incident.closed_at.value() - seconds(10));
    CHECK(by("guest").put_out_at == report.details.incident.closed_at);
    CHECK(by("guest").guest_link == "Press | 1");
    REQUIRE(report.refusals.size() == 1);
    CHECK(report.refusals[0].path == "live/elsewhere");
    CHECK(std::any_of(report.actions.begin(), report.actions.end(), [](const auto& entry) {
        return entry.resource_type == "guest_link" && entry.action == "create";
    }));
    CHECK(std::any_of(report.actions.begin(), report.actions.end(),
                      [](const auto& entry) { return entry.resource_type == "viewer"; }));

    const std::string json = to_json(report);
    CHECK(has(json, R"("guest_link":"Press | 1")"));
    CHECK(has(json, R"("reason":"wrong_path")"));
    const std::string text = to_markdown(report);
    CHECK(has(text, R"(| Guest \| \<b\> | guest link Press \| 1 | webrtc | 192.0.2.7 | )"));
    CHECK(has(text, " | ada | webrtc | "));
    CHECK(has(text, R"(| publish | live/elsewhere | srt | 192.0.2.9 | wrong path | 1 |)"));
}

TEST_CASE("a stream that was on air before is reported from when its key was assigned") {
    auto settings = TestOrchestrator::default_settings();
    settings.reconnect_window = seconds(600);
    TestOrchestrator t(settings);
    const auto key = t.key();
    const auto other = t.key("live/drone2");
    REQUIRE(t.publish(key, "c1"));
    t.clock.advance(seconds(100));
    t.media->disconnect({"c1"});
    t->source_unavailable({key.key.playback_path, "rtmpConn", ConnectionId{"c1"}}).value();
    t.clock.advance(seconds(20));
    REQUIRE(t.publish(key, "c2"));
    const auto incident = open_incident(t);
    t.clock.advance(seconds(50));
    const auto assigned_at = t.clock.now();
    t->assign_to_incident(incident.id, {{}, {key.key.id}}, t.caller).value();
    t.clock.advance(seconds(60));
    REQUIRE(t.publish(other, "c3"));
    t.clock.advance(seconds(10));
    t->assign_to_incident(incident.id, {{other.key.broadcaster_id}, {}}, t.caller).value();
    t.clock.advance(seconds(10));
    t->close_incident(incident.id, t.caller).value();

    const auto report = t->incident_report(incident.id).value();
    REQUIRE(report.streams.size() == 2);
    CHECK(report.streams[0].joined_at == assigned_at);
    CHECK(report.streams[0].gaps.empty());  // the one of before
    CHECK(report.streams[1].joined_at == assigned_at + seconds(70));
    CHECK(has(to_json(report), R"("joined_at":")"));
    CHECK(has(to_markdown(report), " (was on air) | "));
    CHECK(has(to_markdown(report), "| on air | 1 min | 0 |"));
}

TEST_CASE("a stream of another incident stays there when its key is assigned to the next one") {
    TestOrchestrator t;
    const auto first = open_incident(t);
    const auto key = t.key();
    t->assign_to_incident(first.id, {{}, {key.key.id}}, t.caller).value();
    REQUIRE(t.publish(key, "c1"));
    t->close_incident(first.id, t.caller).value();
    const auto next = open_incident(t);
    t->assign_to_incident(next.id, {{}, {key.key.id}}, t.caller).value();
    CHECK(t.live().at(0).incident_id == first.id);
    CHECK_FALSE(t->incident_report(first.id)->streams.at(0).joined_at.has_value());
    CHECK(t->incident_report(next.id)->streams.empty());
}

TEST_CASE("wrong PINs of an incident's guest link are in its report, with their number") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    NewGuestLink wanted;
    wanted.label = "Press";
    wanted.incident_id = incident.id;
    wanted.pin = Secret("204816");
    const auto link = t->create_guest_link(wanted, t.caller).value().link;
    const auto guess = [&] {
        RefusedQuestion question;
        question.attempt.action = RefusedAction::kRead;
        question.attempt.reason = "wrong_pin";
        question.attempt.path = guest_link_path(link.id);
        question.attempt.remote_address = "2001:db8:1:2::9";
        t->note_refusal(std::move(question));
    };
    guess();
    t.clock.advance(seconds(30));
    guess();
    t->list_refused_attempts({}).value();  // writes what is in memory
    const auto report = t->incident_report(incident.id).value();
    REQUIRE(report.refusals.size() == 1);
    CHECK(report.refusals[0].times == 2);
    CHECK(report.refusals[0].last_at == t.clock.now());
    const auto text = to_markdown(report);
    CHECK(has(text, R"(| watch | guest link Press | page | 2001:db8:1:2::/64 | wrong pin | 2 |)"));
    CHECK(
        explain_refusal(report.refusals[0]).find("guest edit " + link.id.to_string() + " --pin") !=
        std::string::npos);
}

TEST_CASE("what was done is told apart in a report") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto key = key_for(t, incident, false);
    t->revoke_playback_tokens(RevokedBy::kPath, "live/guest", t.caller).value();
    NewAuditEvent event;
    event.event_type = "stream_key_revoked";
    event.resource_id = key.key.id.to_string();
    t->record_audit_event(event, t.caller).value();
    t->revoke_stream_key(key.key.id, t.caller).value();
    const auto text = to_markdown(t->incident_report(incident.id).value());
    CHECK(has(text, R"(delete stream key Guest \| \<b\> | success |)"));
    CHECK(has(text, "delete stream key (as the caller reported it)"));
}

TEST_CASE("a report made after the incident was closed tells of keys that were never on air, too") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto key = key_for(t, incident, false);
    RefusedQuestion question;
    question.attempt.action = RefusedAction::kPublish;
    question.attempt.reason = "wrong_path";
    question.attempt.path = "live/elsewhere";
    question.attempt.stream_key_id = key.key.id;
    question.attempt.remote_address = "192.0.2.9";
    t->note_refusal(std::move(question));
    t->list_refused_attempts({}).value();  // writes what is in memory
    t->revoke_stream_key(key.key.id, t.caller).value();
    const auto before = t->incident_report(incident.id).value();
    t.clock.advance(seconds(1));
    t->close_incident(incident.id, t.caller).value();
    const auto report = t->incident_report(incident.id).value();
    CHECK(report.refusals == before.refusals);
    CHECK(report.refusals.size() == 1);
    CHECK(has(to_markdown(report), R"(delete stream key Guest \| \<b\> | success |)"));
}

TEST_CASE("what other programs report takes no room of what was done in the report") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto key = key_for(t, incident, false);
    REQUIRE(t.publish(key, "c1"));
    t->assign_to_incident(incident.id, {{}, {key.key.id}}, t.caller).value();
    t->revoke_playback_tokens(RevokedBy::kPath, "live/guest", t.caller).value();
    t->update_incident(incident.id, {}, t.caller).value();
    t.clock.advance(seconds(1));
    const auto report_events = [&](const std::string& type, const std::string& resource_type,
                                   const std::string& id, int count) {
        NewAuditEvent event;
        event.event_type = type;
        event.resource_type = resource_type;
        if (!id.empty()) event.resource_id = id;
        for (int i = 0; i < count; ++i) t->record_audit_event(event, t.caller).value();
    };
    report_events("assign", "incident", incident.id.to_string(), 300);
    report_events("revoke", "playback_token", "", 1'200);
    report_events("update", "stream_key", key.key.id.to_string(), 300);
    const auto report = t->incident_report(incident.id).value();
    const auto of = [&](AuditOrigin origin) {
        std::vector<std::string> actions;
        for (const auto& entry : report.actions) {
            if (entry.origin == origin) actions.push_back(entry.action);
        }
        return actions;
    };
    const auto done = of(AuditOrigin::kServer);
    for (const char* action : {"open", "assign", "update", "create"}) {
        CAPTURE(action);
        CHECK(std::find(done.begin(), done.end(), action) != done.end());
    }
    CHECK(of(AuditOrigin::kApi).size() == 200);
    CHECK(report.has_more_actions);
    CHECK(std::is_sorted(report.actions.begin(), report.actions.end(),
                         [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; }));
}

TEST_CASE("closing an incident revokes the tokens of the links that it closes, and of no others") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto link = [&](std::optional<Timestamp> expires_at = std::nullopt) {
        NewGuestLink input;
        input.incident_id = incident.id;
        input.expires_at = expires_at;
        return t->create_guest_link(input, t.caller).value().link;
    };
    link();
    const auto closed = link();
    link(t.clock.now() + seconds(60));
    t->close_guest_link(closed.id, t.caller).value();
    t.clock.advance(hours(1));
    const auto revocations = [&] {
        AuditFilter filter;
        filter.action = "revoke";
        filter.resource_type = "playback_token";
        return t->list_audit(filter).value().total;
    };
    REQUIRE(revocations() == 1);
    t->close_incident(incident.id, t.caller).value();
    CHECK(revocations() == 3);  // of the incident and of the link that was open
    // The first call may have failed between closing and revoking.
    t->close_incident(incident.id, t.caller).value();
    CHECK(revocations() == 5);
    t->reopen_incident(incident.id, t.caller).value();
    t.clock.advance(seconds(1));
    t->close_incident(incident.id, t.caller).value();
    CHECK(revocations() == 6);
}

TEST_CASE("a restricted credential names only incidents that its broadcasters belong to") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto mine = t.broadcaster("Mine").id;
    const auto other = t.broadcaster("Other").id;
    NewApiCredential wanted;
    wanted.label = "Partner";
    wanted.scopes = {Scope::kKeysWrite};
    wanted.broadcasters = {mine};
    Caller partner = t.caller;
    partner.credential = std::make_shared<const ApiCredential>(
        t->create_credential(wanted, t.caller).value().credential);
    NewStreamKey input;
    input.broadcaster_id = mine;
    const auto create = [&](IncidentId id) {
        input.incident_id = id;
        return t->create_stream_key(input, partner);
    };
    t->assign_to_incident(incident.id, {{other}, {}}, t.caller).value();
    const auto hidden = create(incident.id);
    const auto unknown = create(IncidentId{});
    REQUIRE_FALSE(hidden);
    CHECK(hidden.error() == unknown.error());
    CHECK(t->create_stream_key(input, t.caller).error() == unknown.error());
    SUBCASE("by a key") {
        input.incident_id.reset();
        const auto key = t->create_stream_key(input, t.caller).value().key.id;
        t->assign_to_incident(incident.id, {{}, {key}}, t.caller).value();
    }
    SUBCASE("by the broadcaster") {
        t->assign_to_incident(incident.id, {{mine}, {}}, t.caller).value();
    }
    CHECK(create(incident.id)->key.incident_id == incident.id);
}

TEST_CASE("the report of an incident without streams says so, and an unknown one is not found") {
    TestOrchestrator t;
    const auto incident = open_incident(t);
    const auto text = to_markdown(t->incident_report(incident.id).value());
    CHECK(has(text, "Nothing was on air."));
    CHECK(has(text, "There were no gaps."));
    CHECK(has(text, "- Closed: not yet"));
    CHECK(t->incident_report(IncidentId{}).error().code == ErrorCode::kNotFound);
}

}  // namespace orchestrator_incidents_test
