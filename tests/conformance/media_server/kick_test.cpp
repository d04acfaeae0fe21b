// Tests of kicks: connections that the caller ends.
#include "conformance/media_server/stage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StageCase,
                  "a kicked publisher is gone at once, and a second kick does not find it") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);
        CHECK(code_of(server().kick(kind, id)) == std::nullopt);
        CHECK(eventually([&] { return !path(name); }, seconds(1)));
        CHECK(eventually([&] { return !connection(kind, id); }, seconds(1)));
        CHECK(code_of(server().kick(kind, id)) == ErrorCode::kNotFound);
    }
}

TEST_CASE_FIXTURE(StageCase, "a kick leaves no path entry behind, and the path is free again") {
    const auto entries = server().list_path_configs().value();
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);
        server().kick(kind, id).value();
        CHECK(eventually([&] { return server().list_path_configs().value() == entries; }));
        CHECK(stage().publish(kind, name) != id);
    }
}

TEST_CASE_FIXTURE(StageCase, "a kick leaves the other publishers alone") {
    const auto a = stage().publish(ConnectionKind::kRtsp, "live/a");
    const auto b = stage().publish(ConnectionKind::kRtsp, "live/b");
    CHECK(code_of(server().kick(ConnectionKind::kRtsp, a)) == std::nullopt);
    CHECK(eventually([] { return !path("live/a"); }, seconds(1)));
    CHECK(path("live/b")->source->id == b);
}

TEST_CASE_FIXTURE(
    StageCase, "a kick on the path with the name of the catch-all entry ends only that publisher") {
    const auto other = stage().publish(ConnectionKind::kRtsp, "live/a");
    const auto id = stage().publish(ConnectionKind::kRtsp, "all_others");
    const auto entries = server().list_path_configs().value();
    CHECK(code_of(server().kick(ConnectionKind::kRtsp, id)) == std::nullopt);
    CHECK(eventually([&] { return !connection(ConnectionKind::kRtsp, id); }, seconds(1)));
    CHECK(eventually([&] { return server().list_path_configs().value() == entries; }));
    REQUIRE(path("live/a"));
    CHECK(path("live/a")->source->id == other);
}

TEST_CASE_FIXTURE(StageCase, "a connection that does not publish yet can be kicked") {
    const auto id = stage().connect("live/a");
    CHECK(code_of(server().kick(ConnectionKind::kRtmp, id)) == std::nullopt);
    CHECK(eventually([&] { return !connection(ConnectionKind::kRtmp, id); }, seconds(1)));
    CHECK(code_of(server().find_path("live/a")) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StageCase, "a kick with another protocol finds nothing and ends no connection") {
    const auto id = stage().publish(ConnectionKind::kRtsp, "live/a");
    for (const auto kind : stage().publisher_kinds()) {
        if (kind == ConnectionKind::kRtsp) continue;
        CAPTURE(static_cast<int>(kind));
        CHECK(code_of(server().kick(kind, id)) == ErrorCode::kNotFound);
    }
    CHECK(path("live/a")->source->id == id);
}

TEST_CASE_FIXTURE(StageCase, "a kick of an unknown connection finds nothing") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        CHECK(code_of(server().kick(kind, kNobody)) == ErrorCode::kNotFound);
        for (const std::string id : {"", "x", "../../paths/list", "a b", "\r\n"}) {
            CAPTURE(id);
            CHECK(code_of(server().kick(kind, ConnectionId{id})) == ErrorCode::kNotFound);
        }
    }
}
