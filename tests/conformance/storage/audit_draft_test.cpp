// The names that the storage adds to the audit entries of broadcasters, nodes and stops.

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct AuditDrafts : StorageCase {
    /// Whether the metadata of the entry has this member.
    bool has(const AuditEntry& draft, const std::string& member) {
        AuditFilter all;
        all.limit = 100;
        for (const auto& entry : storage().list_audit(all).value().entries) {
            if (entry.id != draft.id) continue;
            return entry.metadata.text().find(member) != std::string::npos;
        }
        return false;
    }
    void rename(BroadcasterId id, const std::string& name) {
        BroadcasterPatch patch;
        patch.display_name = name;
        REQUIRE(storage().update_broadcaster(id, patch, at(seconds(1)), make_audit("update")));
    }
};

}  // namespace

TEST_CASE_FIXTURE(AuditDrafts, "changes of a broadcaster are recorded with its name at that time") {
    const auto broadcaster = add_broadcaster();
    const auto update = make_audit("update");
    BroadcasterPatch patch;
    patch.display_name = "Alpha";
    REQUIRE(storage().update_broadcaster(broadcaster.id, patch, at(seconds(1)), update));
    CHECK(has(update, R"("display_name":"Alpha")"));

    rename(broadcaster.id, "Bravo");
    const auto disable = make_audit("disable");
    REQUIRE(storage().set_broadcaster_disabled(broadcaster.id, true, at(seconds(2)), disable));
    CHECK(has(disable, R"("display_name":"Bravo")"));

    rename(broadcaster.id, "Charlie \"3\"");
    const auto removal = make_audit("delete");
    REQUIRE(storage().delete_broadcaster(broadcaster.id, false, at(seconds(3)), removal));
    CHECK(has(removal, R"("display_name":"Charlie \"3\"")"));
}

TEST_CASE_FIXTURE(AuditDrafts, "a key value in a name is masked in the audit entry") {
    auto broadcaster = make_broadcaster();
    broadcaster.display_name = "sk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
    const auto audit = make_audit();
    REQUIRE(storage().create_broadcaster(broadcaster, audit));
    CHECK(has(audit, R"("display_name":"sk_***")"));
}

TEST_CASE_FIXTURE(AuditDrafts, "changes of a node are recorded with its label and its address") {
    Node node;
    node.name = "south";
    node.label = "Southern valley";
    node.api_url = "http://10.0.0.2:9997";
    REQUIRE(storage().create_node(node, make_audit()));
    NodePatch patch;
    patch.label = "South";
    const auto update = make_audit("update");
    REQUIRE(storage().update_node("south", patch, at(seconds(4)), update));
    CHECK(has(update, R"("label":"South","api_url":"http://10.0.0.2:9997")"));

    NodeStanding ordered;
    ordered.enforced_at = at(seconds(5));
    const auto enforce = make_audit("enforce");
    REQUIRE(storage().note_node_standing("south", node.api_url, ordered, enforce).value());
    CHECK(has(enforce, R"("label":"South")"));

    const auto removal = make_audit("delete");
    REQUIRE(storage().delete_node("south", removal));
    CHECK(has(removal, R"("label":"South","api_url":"http://10.0.0.2:9997")"));
}

TEST_CASE_FIXTURE(AuditDrafts, "the stop of a stream is recorded with the path of its key") {
    const auto row = add_key();
    const auto stream = go_live(row, "a");
    const auto stop = make_audit("stop");
    REQUIRE(storage().begin_stop(stream.id, {EndReason::kStopped, ObservedBy::kAdmin}, std::nullopt,
                                 at(seconds(20)), stop));
    CHECK(has(stop, "\"path\":\"" + row.key.playback_path + "\""));
}
