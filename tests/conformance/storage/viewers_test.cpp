#include "rescuestream/viewers.hpp"

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace viewers_storage_test {
namespace {

struct StoredViewersCase : StorageCase {
    Viewer make_viewer(const std::string& id, seconds since, const std::string& path = "live/a") {
        Viewer viewer;
        viewer.id = ConnectionId{id};
        viewer.node = "default";
        viewer.path = path;
        viewer.protocol = Protocol::kWebRtc;
        viewer.remote_address = "2001:db8::7";
        viewer.user_agent = "Mozilla \"5\" \xC3\xBC";
        viewer.since = at(since);
        return viewer;
    }
    PlaybackGrant make_grant(const std::string& id, const std::string& viewer_id) {
        PlaybackGrant grant;
        grant.id = id;
        grant.issuer = "rescuestream";
        grant.paths = {"live/a", "live/b"};
        grant.viewer_id = viewer_id;
        grant.key_id = id == "short" ? "" : "kid-1";
        grant.expires_at = std::chrono::floor<seconds>(at(seconds(1'000)));
        return grant;
    }
    void add_all(const std::vector<Viewer>& viewers, const ViewerRetention& retention = {}) {
        REQUIRE(storage().add_viewers(viewers, retention));
    }
    std::vector<std::string> ids(const ViewerFilter& filter = {}, const PageRequest& page = {}) {
        std::vector<std::string> found;
        for (const auto& viewer : storage().list_viewers(filter, page).value().items) {
            found.push_back(viewer.id.value);
        }
        return found;
    }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(StoredViewersCase, "viewers are listed as they were added, newest first") {
    auto first = make_viewer("v1", seconds(1));
    first.grants = {make_grant("t1", "tablet"), make_grant("short", "phone")};
    auto second = make_viewer("v2", seconds(2));
    second.is_helper = true;
    add_all({first, second});
    add_all({make_viewer("v1", seconds(50))});  // known already
    CHECK(storage().list_viewers({}, {}).value().items == std::vector{second, first});
}

TEST_CASE_FIXTURE(StoredViewersCase,
                  "viewers are found by path, node, viewer id, token and presence") {
    auto one = make_viewer("v1", seconds(1));
    one.grants = {make_grant("t1", "tablet")};
    auto two = make_viewer("v2", seconds(2), "live/b");
    two.node = "north";
    add_all({one, two, make_viewer("v3", seconds(3))});
    REQUIRE(storage().end_viewers({{"v3"}, {"unknown"}}, at(seconds(9))));
    ViewerFilter filter;
    CHECK(ids(filter) == Ids{"v2", "v1"});
    filter.present_only = false;
    CHECK(ids(filter) == Ids{"v3", "v2", "v1"});
    CHECK(ids(filter, {2, std::nullopt}) == Ids{"v3", "v2"});
    filter = {};
    filter.path = "live/b";
    CHECK(ids(filter) == Ids{"v2"});
    filter = {};
    filter.node = "default";
    CHECK(ids(filter) == Ids{"v1"});
    filter = {};
    filter.viewer_id = "tablet";
    CHECK(ids(filter) == Ids{"v1"});
    filter = {};
    filter.token_id = "t1";
    CHECK(ids(filter) == Ids{"v1"});
    filter.token_id = "t10";
    CHECK(ids(filter).empty());
}

TEST_CASE_FIXTURE(StoredViewersCase, "a viewer is found by its id") {
    add_all({make_viewer("v1", seconds(1)), make_viewer("v2", seconds(2))});
    ViewerFilter filter;
    filter.id = ConnectionId{"v1"};
    CHECK(ids(filter) == Ids{"v1"});
    filter.id = ConnectionId{"v3"};
    CHECK(ids(filter).empty());
}

TEST_CASE_FIXTURE(StoredViewersCase,
                  "a broadcaster's viewers came to the path of a key that it has already had") {
    const auto mine = add_key(add_broadcaster().id, at(seconds(5)));
    const auto other = add_key(add_broadcaster().id, at(seconds(5)));
    add_all({make_viewer("before", seconds(4), mine.key.playback_path),
             make_viewer("then", seconds(5), mine.key.playback_path),
             make_viewer("later", seconds(6), mine.key.playback_path),
             make_viewer("theirs", seconds(7), other.key.playback_path),
             make_viewer("nobodys", seconds(8), "live/nobodys")});
    ViewerFilter filter;
    filter.broadcaster_id = mine.key.broadcaster_id;
    CHECK(ids(filter) == Ids{"later", "then"});
    CHECK(ids(filter, {1, std::nullopt}) == Ids{"later"});
    filter.broadcaster_id = other.key.broadcaster_id;
    CHECK(ids(filter) == Ids{"theirs"});
    REQUIRE(storage().revoke_stream_key(other.key.id, at(seconds(9)), make_audit()));
    CHECK(ids(filter).empty());
}

TEST_CASE_FIXTURE(StoredViewersCase, "the first end of a viewer counts") {
    add_all({make_viewer("v1", seconds(1))});
    REQUIRE(storage().end_viewers({{"v1"}}, at(seconds(5))));
    REQUIRE(storage().end_viewers({{"v1"}}, at(seconds(7))));
    ViewerFilter filter;
    filter.present_only = false;
    CHECK(storage().list_viewers(filter, {}).value().items.at(0).until == at(seconds(5)));
}

TEST_CASE_FIXTURE(StoredViewersCase,
                  "viewers that ended long ago are deleted by the next addition") {
    auto named = make_viewer("v0", seconds(1));
    named.grants = {make_grant("t1", "tablet")};
    add_all({named, make_viewer("v1", seconds(2)), make_viewer("v2", seconds(2))});
    REQUIRE(storage().end_viewers({{"v0"}, {"v1"}}, at(seconds(5))));
    ViewerFilter filter;
    filter.present_only = false;
    add_all({make_viewer("v3", seconds(9))}, {at(seconds(4)), at(seconds(6))});
    CHECK(ids(filter) == Ids{"v3", "v2", "v0"});
    add_all({make_viewer("v4", seconds(10))}, {at(seconds(6)), at(seconds(6))});
    CHECK(ids(filter) == Ids{"v4", "v3", "v2"});
}

TEST_CASE_FIXTURE(StoredViewersCase, "a list of viewers is read page by page") {
    const auto id_of = [](int i) {
        return "0197c2a0-0a00-4000-8000-00000000000" + std::to_string(i);
    };
    std::vector<Viewer> all;
    for (int i = 0; i < 7; ++i) all.push_back(make_viewer(id_of(i), seconds(i / 3)));
    add_all(all);
    Ids found;
    PageRequest page{2, std::nullopt};
    for (int pages = 1; pages <= 4; ++pages) {
        const auto part = storage().list_viewers({}, page).value();
        for (const auto& viewer : part.items) found.push_back(viewer.id.value);
        CHECK(part.next.has_value() == (pages < 4));
        page.after = part.next;
    }
    CHECK(found == Ids{id_of(6), id_of(5), id_of(4), id_of(3), id_of(2), id_of(1), id_of(0)});
}

TEST_CASE_FIXTURE(StoredViewersCase, "a removal is noted once, with an entry of the audit log") {
    add_all({make_viewer("v1", seconds(1))});
    const auto removed = storage().remove_viewer({"v1"}, at(seconds(3)), make_audit("delete"));
    REQUIRE(removed);
    CHECK(removed->removed_at == at(seconds(3)));
    CHECK(storage().remove_viewer({"v1"}, at(seconds(4)), make_audit())->removed_at ==
          at(seconds(3)));
    CHECK(storage().remove_viewer({"v9"}, at(seconds(4)), make_audit()).error().code ==
          ErrorCode::kNotFound);
    CHECK(storage().list_audit({}).value().total == 1);
}

TEST_CASE_FIXTURE(StoredViewersCase, "changes of viewers are told from a version on") {
    std::vector<Viewer> many;
    for (int i = 0; i < 40; ++i) many.push_back(make_viewer("v" + std::to_string(i), seconds(1)));
    add_all(many);
    const auto all = storage().viewers_after(-1).value();
    CHECK(all.viewers.size() == 40);
    CHECK(storage().viewers_after(all.version).value().viewers.empty());
    REQUIRE(storage().end_viewers({{"v1"}}, at(seconds(5))));
    REQUIRE(storage().remove_viewer({"v2"}, at(seconds(5)), make_audit()));
    const auto changed = storage().viewers_after(all.version).value();
    CHECK(changed.viewers.size() == 2);
    CHECK(storage().viewers_after(-1).value().viewers.size() == 39);
    const auto restored = storage().viewers_after(changed.version + 7).value();
    CHECK(restored.from_start);
    CHECK(restored.viewers.size() == 39);
}

}  // namespace viewers_storage_test
