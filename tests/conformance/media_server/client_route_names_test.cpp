// MediaMTX v1.21 renamed the routes of its connection lists; the old names are aliases there.
#include <algorithm>

#include "conformance/media_server/client_case.hpp"
#include "media/mediamtx/release.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using mediamtx::release_of;
using mediamtx::RouteSpelling;

namespace {

class RouteNameCase : public ClientCase {
public:
    RouteNameCase() { model().connect(ConnectionKind::kRtmp, id(1), "192.0.2.1:4000"); }

    std::size_t list_rtmp() {
        return client().list_connections(ConnectionKind::kRtmp).value().size();
    }
    std::ptrdiff_t times_asked(const std::string& request) {
        const auto all = stub().requests();
        return std::count(all.begin(), all.end(), request);
    }
};

constexpr const char* kOldName = "GET /v3/rtmpconns/list";
constexpr const char* kNewName = "GET /v3/rtmp/conns/list";

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE("the version decides which route names are used first") {
    for (const char* version : {"v1.15.6", "v1.20.1", "v1.20.1-6-g3e09466c", "v0.99.0", "", "dev",
                                "v1", "v1.x", "v-1.21.0", "v99999999999.1.0"}) {
        CAPTURE(version);
        CHECK(release_of({version, std::nullopt}).spelling == RouteSpelling::kJoined);
    }
    for (const char* version : {"v1.21.0", "1.21.1", "v1.22.0-rc1", "v2.0.0", "v10.0.1"}) {
        CAPTURE(version);
        CHECK(release_of({version, std::nullopt}).spelling == RouteSpelling::kNested);
    }
}

TEST_CASE_FIXTURE(RouteNameCase, "MediaMTX v1.21 is asked only by the new names") {
    stub().set_version("v1.21.0");
    stub().set_route_names(MtxRouteNames::kBoth);
    CHECK(client().info());
    CHECK(list_rtmp() == 1);
    CHECK(times_asked(kNewName) == 1);
    CHECK(times_asked(kOldName) == 0);
}

TEST_CASE_FIXTURE(RouteNameCase,
                  "a route that is unknown by one name is requested once by the other") {
    stub().set_route_names(MtxRouteNames::kNested);  // the version does not show it
    CHECK(client().info());
    CHECK(list_rtmp() == 1);
    CHECK(list_rtmp() == 1);
    CHECK(times_asked(kOldName) == 1);
    CHECK(times_asked(kNewName) == 2);
    CHECK(client().kick(ConnectionKind::kRtmp, id(1)));
    CHECK(list_rtmp() == 0);
}

TEST_CASE_FIXTURE(RouteNameCase,
                  "the name that worked is forgotten when the media server restarts") {
    stub().set_route_names(MtxRouteNames::kNested);
    CHECK(client().info());
    CHECK(list_rtmp() == 1);
    model().restart();
    model().connect(ConnectionKind::kRtmp, id(2), "192.0.2.1:4000");
    stub().set_route_names(MtxRouteNames::kJoined);  // another release was started
    CHECK(client().info());
    CHECK(list_rtmp() == 1);
    CHECK(times_asked(kOldName) == 2);
}

TEST_CASE_FIXTURE(
    RouteNameCase,
    "once a name has worked, a protocol that is switched off is requested only once") {
    stub().switch_off(ConnectionKind::kSrt);
    CHECK(client().info());
    CHECK(list_rtmp() == 1);
    CHECK(client().list_connections(ConnectionKind::kSrt).value().empty());
    CHECK(times_asked("GET /v3/srtconns/list") == 1);
    CHECK(times_asked("GET /v3/srt/conns/list") == 0);
}

TEST_CASE_FIXTURE(RouteNameCase,
                  "an error that says nothing about the route name is returned unchanged") {
    stub().require_credential("rescuestream", "a-password");
    CHECK(code_of(client().list_connections(ConnectionKind::kRtmp)) == ErrorCode::kUnauthorized);
    CHECK(times_asked(kNewName) == 0);
}

TEST_CASE_FIXTURE(RouteNameCase, "an RTSP session is removed by the new names") {
    stub().set_route_names(MtxRouteNames::kNested);
    model().connect(ConnectionKind::kRtsp, id(3), "192.0.2.1:4000");
    model().publish(ConnectionKind::kRtsp, id(3), "live/a");
    CHECK(client().kick(ConnectionKind::kRtsp, id(3)));
    CHECK(code_of(client().find_path("live/a")) == ErrorCode::kNotFound);
}

TEST_SUITE_END();
