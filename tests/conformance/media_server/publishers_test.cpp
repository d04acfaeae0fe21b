// Publishers, as the lists show them.
#include "conformance/media_server/stage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StageCase, "a media server to which nobody is connected has empty lists") {
    CHECK(paths().empty());
    for (const auto kind : kAllKinds) {
        CAPTURE(static_cast<int>(kind));
        CHECK(connections(kind).empty());
    }
}

TEST_CASE_FIXTURE(StageCase, "a publisher is the source of its path, with every protocol") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);

        const auto listed = path(name);
        REQUIRE(listed.has_value());
        CHECK(listed->ready);
        REQUIRE(listed->source.has_value());
        CHECK(listed->source->id == id);
        CHECK(listed->source->kind == kind);
        CHECK(listed->tracks == std::vector<std::string>{"H264"});
        CHECK(listed->readers.empty());
        REQUIRE(listed->ready_since.has_value());
        CHECK(std::chrono::abs(*listed->ready_since - system_clock().now()) < seconds(30));

        const auto found = server().find_path(name).value();
        CHECK(found.name == name);
        CHECK(found.source == listed->source);
        CHECK(found.ready_since == listed->ready_since);
    }
    CHECK(paths().size() == stage().publisher_kinds().size());
}

TEST_CASE_FIXTURE(StageCase, "a publisher is in the connection list of its kind and in no other") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);
        for (const auto other : kAllKinds) {
            CHECK(connection(other, id).has_value() == (other == kind));
        }
        const auto listed = connection(kind, id).value();
        CHECK(listed.kind == kind);
        CHECK(listed.state == ConnectionState::kPublishing);
        CHECK(listed.path == name);
        CHECK(listed.remote_address.find(':') != std::string::npos);
        REQUIRE(listed.created.has_value());
        CHECK(std::chrono::abs(*listed.created - system_clock().now()) < seconds(30));
    }
}

TEST_CASE_FIXTURE(StageCase,
                  "the bytes of a publisher are counted for its path and its connection") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);
        const auto before = path(name)->inbound_bytes;
        stage().deliver(name);
        CHECK(eventually([&] { return path(name)->inbound_bytes > before; }));
        CHECK(eventually([&] { return connection(kind, id)->inbound_bytes > 0; }));
    }
}

TEST_CASE_FIXTURE(StageCase, "a path is gone when its publisher stops") {
    const auto id = stage().publish(ConnectionKind::kRtsp, "live/a");
    stage().stop_publishing("live/a");
    CHECK(eventually([] { return paths().empty(); }));
    CHECK(code_of(server().find_path("live/a")) == ErrorCode::kNotFound);
    CHECK(eventually([&] { return !connection(ConnectionKind::kRtsp, id); }));
}

TEST_CASE_FIXTURE(StageCase, "a second publisher on a path takes it and the first is gone") {
    const auto first = stage().publish(ConnectionKind::kRtsp, "live/a");
    const auto second = stage().publish(ConnectionKind::kRtsp, "live/a");
    CHECK(first != second);
    CHECK(path("live/a")->source->id == second);
    CHECK(eventually([&] { return !connection(ConnectionKind::kRtsp, first); }));
    CHECK(path("live/a")->source->id == second);
}

TEST_CASE_FIXTURE(StageCase, "a connection that does not publish yet is listed without a path") {
    const auto id = stage().connect("live/a");
    const auto listed = connection(ConnectionKind::kRtmp, id).value();
    CHECK(listed.state == ConnectionState::kIdle);
    CHECK(listed.path.empty());
    CHECK(code_of(server().find_path("live/a")) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StageCase, "the readers of a path are listed with their type") {
    stage().publish(ConnectionKind::kRtsp, "live/a");
    const auto first = stage().add_reader("live/a");
    stage().add_reader("live/a");
    REQUIRE(eventually([] { return path("live/a")->readers.size() == 2; }));
    const auto readers = path("live/a")->readers;
    CHECK(readers[0].type == first);
    CHECK_FALSE(readers[0].id.empty());
    CHECK(readers[0].id != readers[1].id);
}

TEST_CASE_FIXTURE(StageCase, "a path may have many slashes, dots, dashes and underscores") {
    const std::string name = "a/B_2/c-d.e/sk_f";
    stage().publish(ConnectionKind::kRtsp, name);
    CHECK(paths().at(0).name == name);
    CHECK(server().find_path(name).value().name == name);
}

TEST_CASE_FIXTURE(StageCase, "a name that is invalid for a path is not found") {
    stage().publish(ConnectionKind::kRtsp, "live/a");
    for (const std::string name :
         {"live/b", "live", "live/a/", "live//a", "live/a?x=1", "live/a#x", "live/a b", "live%2Fa",
          "live/\xC3\xA9", "live/a\r\nX: y", "live/../live/a"}) {
        CAPTURE(name);
        CHECK(code_of(server().find_path(name)) == ErrorCode::kNotFound);
    }
}
