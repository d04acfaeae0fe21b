// What the report of an incident says of viewers whose right was taken.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "rescuestream/json.hpp"
#include "support/test_orchestrator.hpp"

namespace orchestrator_put_out_viewers_test {

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

OrchestratorSettings signed_settings() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    settings.playback_policy = PlaybackPolicy::kSigned;
    return settings;
}

/// A live stream of an incident, watched by "guest" with a guest link, by "ada" with a token for
/// ada, and by "bob". Then the link is changed, and later ada's tokens are revoked.
class WatchedIncident {
public:
    WatchedIncident() {
        NewIncident opened;
        opened.name = "Search at the lake";
        incident = t->create_incident(opened, t.caller).value().id;
        NewStreamKey made;
        made.broadcaster_id = t.broadcaster().id;
        made.playback_path = "live/guest";
        made.incident_id = incident;
        made.until_closed = true;
        REQUIRE(t.publish(t->create_stream_key(made, t.caller).value(), "c1"));
        NewGuestLink wanted;
        wanted.label = "Press";
        wanted.incident_id = incident;
        const auto link = t->create_guest_link(wanted, t.caller).value().link;
        of_link.owner = token_owner(link.id);
        NewPlaybackToken of_ada;
        of_ada.viewer_id = "ada";
        watch("guest", of_link);
        watch("ada", of_ada);
        watch("bob", {});
        look();
        t.clock.advance(seconds(2));
        changed_at = t->now();
        GuestLinkPatch patch;
        patch.pin = Secret("204816");
        t->update_guest_link(link.id, patch, t.caller).value();
        t.clock.advance(seconds(2));
        revoked_at = t->now();
        t->revoke_playback_tokens(RevokedBy::kViewer, "ada", t.caller).value();
    }

    void watch(const std::string& id, NewPlaybackToken input,
               Protocol protocol = Protocol::kWebRtc) {
        input.paths = {"live/guest"};
        ReadRequest request;
        request.path = "live/guest";
        request.protocol = protocol;
        request.password = t->mint_playback_token(input, t.caller).value().token;
        request.remote_address = "192.0.2.7";
        request.connection = ConnectionId{id};
        REQUIRE(t->decide_read(request).decision == ViewerDecision::kAccepted);
        t.media->add_reader("live/guest",
                            protocol == Protocol::kHls ? "hlsSession" : "webRTCSession", {id});
    }

    /// A look at the media server, at which the stream is on air.
    void look() {
        t.media->receive_bytes("live/guest", 1'000);
        t->tick();
    }

    /// Checks what the report says of the three, and returns it. `viewers`: how many it names.
    IncidentReport check_report(std::size_t viewers) {
        auto report = t->incident_report(incident).value();
        CHECK(report.streams.size() == 1);
        REQUIRE(report.viewers.size() == viewers);
        CHECK(put_out(report, "guest") == changed_at);
        CHECK(put_out(report, "ada") == revoked_at);
        CHECK_FALSE(put_out(report, "bob").has_value());
        return report;
    }

    static std::optional<Timestamp> put_out(const IncidentReport& report, const std::string& id) {
        const auto found =
            std::find_if(report.viewers.begin(), report.viewers.end(),
                         [&](const auto& each) { return each.viewer.id.value == id; });
        REQUIRE(found != report.viewers.end());
        return found->put_out_at;
    }

    TestOrchestrator t{signed_settings()};
    IncidentId incident;
    NewPlaybackToken of_link;
    Timestamp changed_at{}, revoked_at{};
};

}  // namespace

TEST_CASE_FIXTURE(WatchedIncident,
                  "the report knows who was put out by a changed guest link and by a revocation") {
    t.clock.advance(seconds(2));
    check_report(3);
}

TEST_CASE_FIXTURE(WatchedIncident,
                  "who came after a change of the guest link was not put out by it") {
    t.media->disconnect({"guest"});
    t.media->disconnect({"ada"});
    t.clock.advance(seconds(2));
    watch("late", of_link);
    look();
    t.clock.advance(seconds(2));
    look();
    CHECK_FALSE(put_out(check_report(4), "late").has_value());
}

TEST_CASE_FIXTURE(WatchedIncident,
                  "the report does not say of a viewer by HLS that it was put out") {
    NewPlaybackToken of_eve;
    of_eve.viewer_id = "eve";
    watch("hls", of_eve, Protocol::kHls);
    look();
    t.clock.advance(seconds(2));
    t->remove_viewer(ConnectionId{"hls"}, t.caller).value();
    const auto removed_at = t->now();
    t.clock.advance(seconds(2));
    const auto report = check_report(4);
    CHECK_FALSE(put_out(report, "hls").has_value());
    CHECK(std::any_of(report.viewers.begin(), report.viewers.end(), [&](const auto& each) {
        return each.viewer.id.value == "hls" && each.right_ended_at == removed_at;
    }));
    CHECK(to_json(report).find("\"right_ended_at\":") != std::string::npos);
    CHECK(to_markdown(report).find("but HLS goes on until its player stops") != std::string::npos);
}

TEST_CASE_FIXTURE(WatchedIncident, "the report knows the viewers of a stream that is on air") {
    const auto report = check_report(3);
    REQUIRE(report.streams[0].stream.totals);
    CHECK(report.streams[0].stream.totals->peak_readers == 3);
    CHECK(to_markdown(report).find("unknown") == std::string::npos);
}

}  // namespace orchestrator_put_out_viewers_test
