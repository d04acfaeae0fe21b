// RTSP publishers, which must not be removed by MediaMTX's own kick, because it can crash.
#include "conformance/media_server/client_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

class RtspCase : public ClientCase {
public:
    RtspCase() { model().publish(ConnectionKind::kRtsp, id(1), kPath); }

    static constexpr const char* kPath = "live/a";
    static constexpr const char* kAdd = "POST /v3/config/paths/add/live/a";
    static constexpr const char* kDelete = "DELETE /v3/config/paths/delete/live/a";

    bool asked_for(const std::string& part) {
        const auto all = stub().requests();
        return std::any_of(all.begin(), all.end(), [&](const std::string& request) {
            return request.find(part) != std::string::npos;
        });
    }
    bool is_listed() { return model().find_path(kPath).has_value(); }
    bool has_entry() { return !model().list_path_configs().value().empty(); }
    std::optional<ErrorCode> kick() { return code_of(client().kick(ConnectionKind::kRtsp, id(1))); }
    // Makes the media server refuse this request from now on; "": none.
    void refuse(const std::string& refused) {
        stub().while_answering([this, refused](const std::string& request) {
            stub().answer_all_with({});
            if (request != refused) return;
            stub().answer_all_with(
                MtxAnswer{500, "application/json", R"({"status":"error","error":"not now"})"});
        });
    }
};

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE_FIXTURE(RtspCase,
                  "an RTSP publisher is ended by a temporary entry for its path, never by a kick") {
    CHECK(kick() == std::nullopt);
    CHECK_FALSE(is_listed());
    CHECK_FALSE(has_entry());
    CHECK_FALSE(asked_for("/kick/"));
    CHECK(asked_for(kAdd));
    CHECK(asked_for(kDelete));
}

TEST_CASE_FIXTURE(RtspCase, "an RTSP publisher whose path has an entry of its own loses no entry") {
    MediaPathConfig own;
    own.source = "publisher";
    REQUIRE(client().add_path_config(kPath, own));
    for (int round = 0; round < 3; ++round) {
        model().publish(ConnectionKind::kRtsp, id(1), kPath);
        CHECK(kick() == std::nullopt);
        CHECK(model().list_connections(ConnectionKind::kRtsp).value().empty());
        CHECK(has_entry());
    }
    CHECK_FALSE(asked_for("/kick/"));
    CHECK_FALSE(asked_for(kDelete));
}

TEST_CASE_FIXTURE(
    RtspCase,
    "an RTSP publisher whose path has the name of the catch-all entry is the only one kicked") {
    MediaPathConfig own;
    own.source = "publisher";
    for (const char* name : {"all_others", "all", "~^live/"}) {
        CAPTURE(name);
        (void)model().add_path_config(name, own);
        model().publish(ConnectionKind::kRtsp, id(1), kPath);
        model().publish(ConnectionKind::kRtsp, id(3), name);
        CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(3))) == std::nullopt);
        CHECK(model().find_path(kPath).has_value());
        CHECK(asked_for("/kick/" + id(3).value));
        REQUIRE(model().delete_path_config(name));
    }
    CHECK_FALSE(asked_for("/v3/config/paths/"));
}

TEST_CASE_FIXTURE(RtspCase, "the catch-all entry is never taken for one that a removal has left") {
    MediaPathConfig marked;
    marked.source = "publisher";
    marked.source_on_demand_start_timeout = seconds(3'607);
    REQUIRE(client().add_path_config("all_others", marked));
    CHECK(code_of(client().remove_leftovers()) == std::nullopt);
    CHECK(has_entry());
}

TEST_CASE_FIXTURE(RtspCase, "an RTSP session that does not publish is kicked") {
    model().connect(ConnectionKind::kRtsp, id(2), "192.0.2.1:4000");
    CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(2))) == std::nullopt);
    CHECK(asked_for("/kick/" + id(2).value));
    CHECK(is_listed());
}

TEST_CASE_FIXTURE(RtspCase,
                  "a reader by RTSP in the last list of paths is kicked with one request") {
    const auto requests_of_kick = [this](int number) {
        const auto before = stub().requests().size();
        CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(number))) == std::nullopt);
        return stub().requests().size() - before;
    };
    for (int i = 2; i < 5; ++i) {
        model().watch(ConnectionKind::kRtsp, id(i), kPath);
        model().add_reader(kPath, "rtspSession", id(i));
    }
    CHECK(requests_of_kick(2) == 2);  // nothing says yet that it reads
    REQUIRE(client().list_paths());
    CHECK(requests_of_kick(3) == 1);
    CHECK(asked_for("/kick/" + id(3).value));
    model().disconnect(id(4));
    REQUIRE(client().list_paths());
    model().publish(ConnectionKind::kRtsp, id(4), "live/b");
    CHECK(requests_of_kick(4) > 2);
    CHECK_FALSE(asked_for("/kick/" + id(4).value));
    CHECK(is_listed());
    CHECK(requests_of_kick(1) > 2);
    CHECK_FALSE(asked_for("/kick/" + id(1).value));
}

TEST_CASE_FIXTURE(RtspCase,
                  "an announced RTSP session is kicked, and the publisher of its path stays") {
    model().announce(id(2), kPath);
    CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(2))) == std::nullopt);
    CHECK(model().list_connections(ConnectionKind::kRtsp).value().size() == 1);
    CHECK(is_listed());
    CHECK_FALSE(asked_for(kAdd));
}

TEST_CASE_FIXTURE(RtspCase, "an RTSP session is listed with the id that its auth request had") {
    model().disconnect(id(1));
    model().announce(id(2), kPath, id(3));
    const auto listed = [this] {
        return client().list_connections(ConnectionKind::kRtsp).value().at(0);
    };
    stub().set_version("v1.18.0");
    CHECK(client().info());
    CHECK(listed().id == id(2));
    CHECK(listed().auth_id == id(3));
    CHECK(listed().path == kPath);
    CHECK(listed().state == ConnectionState::kIdle);
    // Both ids are the same since v1.19.3, so the list of their connections is not read.
    stub().set_version("v1.19.3");
    CHECK(client().info());
    CHECK(listed().auth_id.empty());
}

TEST_CASE_FIXTURE(RtspCase,
                  "RTSP clients are listed by both of their ids, without the list of sessions") {
    model().announce(id(2), "live/b", id(3));
    for (const auto names :
         {MtxRouteNames::kJoined, MtxRouteNames::kNested, MtxRouteNames::kBoth}) {
        stub().set_route_names(names);
        const auto clients = client().list_rtsp_clients(ConnectionKind::kRtsp).value();
        CHECK(clients.size() == 2);
        CHECK(std::count(clients.begin(), clients.end(), MediaRtspClient{id(1), id(1)}) == 1);
        CHECK(std::count(clients.begin(), clients.end(), MediaRtspClient{id(3), id(2)}) == 1);
        CHECK(client().list_rtsp_clients(ConnectionKind::kRtsps).value().empty());
    }
    CHECK_FALSE(asked_for("sessions"));
    stub().switch_off(ConnectionKind::kRtsp);
    CHECK(code_of(client().list_rtsp_clients(ConnectionKind::kRtsp)) == ErrorCode::kUnsupported);
}

TEST_CASE_FIXTURE(RtspCase,
                  "an RTSP publisher is kicked when the entry for its path cannot be written") {
    refuse(kAdd);
    CHECK(kick() == std::nullopt);
    CHECK_FALSE(is_listed());
    CHECK_FALSE(has_entry());
}

TEST_CASE_FIXTURE(RtspCase,
                  "a temporary entry that could not be deleted is deleted by the next attempt") {
    refuse(kDelete);
    CHECK(kick() == ErrorCode::kInternal);
    CHECK(model().list_connections(ConnectionKind::kRtsp).value().empty());
    CHECK(has_entry());
    refuse("");
    CHECK(kick() == ErrorCode::kNotFound);
    CHECK_FALSE(has_entry());
}

TEST_CASE_FIXTURE(RtspCase,
                  "temporary entries that another program has left are deleted, and no others") {
    MediaPathConfig own;
    own.source = "publisher";
    REQUIRE(client().add_path_config("live/own", own));
    refuse(kDelete);
    CHECK(kick() == ErrorCode::kInternal);
    refuse("");

    const auto other = client_of(stub().url());
    CHECK(code_of(other->remove_leftovers()) == std::nullopt);
    const auto left = model().list_path_configs().value();
    REQUIRE(left.size() == 1);
    CHECK(left[0].name == "live/own");
    CHECK(left[0].source == "publisher");
}

TEST_CASE_FIXTURE(
    RtspCase,
    "ids of RTSP publishers are trusted once the version is known to report the same ids") {
    const auto may_differ = [this] {
        const bool in_list = client().list_paths().value().at(0).source->id_may_differ;
        CHECK(client().find_path(kPath).value().source->id_may_differ == in_list);
        return in_list;
    };
    CHECK(may_differ());  // the version is not known yet
    for (const char* version : {"v1.19.3", "v1.20.1", "v1.20.1-6-g3e09466c", "1.21.0", "v2.0.0"}) {
        CAPTURE(version);
        stub().set_version(version);
        CHECK(client().info());
        CHECK_FALSE(may_differ());
    }
    for (const char* version : {"v1.15.6", "v1.19.2", "v1.19", "v0.20.5", "dev"}) {
        CAPTURE(version);
        stub().set_version(version);
        CHECK(client().info());
        CHECK(may_differ());
    }
}

TEST_CASE_FIXTURE(RtspCase, "the id of a publisher that does not use RTSP never differs") {
    model().publish(ConnectionKind::kSrt, id(2), kPath);
    CHECK_FALSE(client().find_path(kPath).value().source->id_may_differ);
}

TEST_SUITE_END();
