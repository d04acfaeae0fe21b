// Path entries that are added at run time.
#include "conformance/media_server/stage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

MediaPathConfig relay() {
    MediaPathConfig config;
    config.source = "rtsp://relay:a-secret@127.0.0.1:1/live/source";
    return config;
}

// MediaMTX answers a change before its list shows it, so that tests wait for an entry.
bool has_entry(const std::string& name) {
    const auto entries = stage().server().list_path_configs().value();
    return std::any_of(entries.begin(), entries.end(), [&](const MediaPathEntry& entry) {
        return entry.name == name && entry.source == relay().source && entry.source_on_demand;
    });
}

}  // namespace

TEST_CASE_FIXTURE(StageCase, "a path entry is listed from its addition to its deletion") {
    CHECK_FALSE(has_entry("live/relay"));
    CHECK(code_of(server().add_path_config("live/relay", relay())) == std::nullopt);
    CHECK(eventually([] { return has_entry("live/relay"); }));
    CHECK(code_of(server().delete_path_config("live/relay")) == std::nullopt);
    CHECK(eventually([] { return !has_entry("live/relay"); }));
}

TEST_CASE_FIXTURE(StageCase, "a path entry is a path that is not ready and has no publisher") {
    server().add_path_config("live/relay", relay()).value();
    REQUIRE(eventually([] { return path("live/relay").has_value(); }));
    const auto listed = path("live/relay").value();
    CHECK_FALSE(listed.ready);
    CHECK_FALSE(listed.ready_since.has_value());
    CHECK(listed.inbound_bytes == 0);
    REQUIRE(listed.source.has_value());
    CHECK(listed.source->type == "rtspSource");
    CHECK(listed.source->id.empty());
    CHECK_FALSE(listed.source->kind.has_value());
    CHECK(server().find_path("live/relay").value() == listed);
    server().delete_path_config("live/relay").value();
    CHECK(eventually([] { return !path("live/relay"); }));
}

TEST_CASE_FIXTURE(StageCase, "a second entry of a name is a conflict") {
    server().add_path_config("live/relay", relay()).value();
    CHECK(code_of(server().add_path_config("live/relay", relay())) == ErrorCode::kConflict);
    CHECK(eventually([] { return has_entry("live/relay"); }));
}

TEST_CASE_FIXTURE(StageCase,
                  "a path entry can be changed, and changing an unknown one is not found") {
    CHECK(code_of(server().patch_path_config("live/relay", relay())) == ErrorCode::kNotFound);
    server().add_path_config("live/relay", relay()).value();
    auto other = relay();
    other.source_on_demand_start_timeout = seconds(7);
    CHECK(code_of(server().patch_path_config("live/relay", other)) == std::nullopt);
    CHECK(eventually([] { return has_entry("live/relay"); }));
}

TEST_CASE_FIXTURE(StageCase, "deleting an unknown entry is not found") {
    CHECK(code_of(server().delete_path_config("live/relay")) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StageCase, "path entries do not affect publishers on other paths") {
    const auto id = stage().publish(ConnectionKind::kRtsp, "live/a");
    server().add_path_config("live/relay", relay()).value();
    server().delete_path_config("live/relay").value();
    CHECK(eventually([] { return paths().size() == 1; }));
    CHECK(path("live/a")->source->id == id);
}

TEST_CASE_FIXTURE(StageCase, "a new entry ends the publisher at its path") {
    for (const auto kind : stage().publisher_kinds()) {
        CAPTURE(static_cast<int>(kind));
        const std::string name = "live/kind-" + std::to_string(static_cast<int>(kind));
        const auto id = stage().publish(kind, name);
        server().add_path_config(name, relay()).value();
        CHECK(eventually([&] { return !connection(kind, id); }, seconds(1)));
        server().delete_path_config(name).value();
        CHECK(eventually([&] { return !path(name); }, seconds(1)));
    }
}

TEST_CASE_FIXTURE(StageCase, "lists that are longer than one page are complete") {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < 3 * kStageItemsPerPage + 2; ++i) {
        names.push_back("live/relay-" + std::to_string(100 + i));
        server().add_path_config(names.back(), relay()).value();
    }
    std::vector<std::string> listed;
    CHECK(eventually([&] {
        listed.clear();
        for (const auto& entry : server().list_path_configs().value()) {
            // Others come from MediaMTX's file.
            if (entry.name.starts_with("live/relay-")) listed.push_back(entry.name);
        }
        std::sort(listed.begin(), listed.end());
        return listed == names;
    }));

    CHECK(eventually([&] {
        listed.clear();
        for (const auto& each : paths()) listed.push_back(each.name);
        std::sort(listed.begin(), listed.end());
        return listed == names;
    }));
}

TEST_CASE_FIXTURE(StageCase, "the recording settings of a path without an entry can be read") {
    CHECK(server().default_recording().value().enabled == false);
}

TEST_CASE_FIXTURE(
    StageCase, "an entry takes the recording settings of another path, and is listed as a pull") {
    auto config = relay();
    config.source_on_demand = false;
    config.recording = server().default_recording().value();
    CHECK(code_of(server().add_path_config("live/relay", config)) == std::nullopt);
    CHECK(eventually([] {
        const auto entries = server().list_path_configs().value();
        return std::any_of(entries.begin(), entries.end(), [](const MediaPathEntry& entry) {
            return entry.name == "live/relay" && entry.source == relay().source &&
                   !entry.source_on_demand;
        });
    }));
    server().delete_path_config("live/relay").value();
}

TEST_CASE_FIXTURE(StageCase, "the configuration that is in use can be read") {
    const auto found = server().configuration();
    REQUIRE(found);
    CHECK_FALSE(found->auth_method.empty());
    CHECK(found->path_defaults.override_publisher);
    CHECK(found->path_defaults.name.empty());
    CHECK(std::all_of(found->paths.begin(), found->paths.end(),
                      [](const MediaPathSettings& entry) { return !entry.name.empty(); }));
}

TEST_CASE_FIXTURE(StageCase, "a path is listed with the entry that applies to it") {
    stage().publish(stage().publisher_kinds().at(0), "live/a");
    const auto all = paths();
    REQUIRE(all.size() >= 1);
    CHECK(std::any_of(all.begin(), all.end(), [](const MediaPath& path) {
        return path.name == "live/a" && path.entry == "all_others";
    }));
}
