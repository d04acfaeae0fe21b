#include <algorithm>
#include <array>
#include <functional>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"
#include "rescuestream/record_version.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

struct Conditions : StorageCase {
    AuditDraft draft(std::vector<std::string> versions) {
        return {make_audit(), RequestConditions{std::move(versions)}};
    }
    std::string version(StreamKeyId id) {
        return record_version(storage().find_stream_key(id).value());
    }
    std::string version(BroadcasterId id) {
        return record_version(storage().find_broadcaster(id).value());
    }
    std::string node_version() { return record_version(storage().list_nodes().value().at(0)); }
    void add_node() {
        Node node;
        node.name = "south";
        node.api_url = "http://10.0.0.2:9997";
        REQUIRE(storage().create_node(node, make_audit()));
    }
    IncidentId add_incident() {
        Incident incident;
        incident.name = "lake";
        incident.id = new_id<IncidentId>();
        incident.created_at = incident.updated_at = at(seconds(0));
        REQUIRE(storage().create_incident(incident, make_audit()));
        return incident.id;
    }
    // A change whose condition is not fulfilled changes nothing, and one with the present version,
    // or several with it among them, is made.
    void check_both(const std::function<std::string()>& present,
                    const std::function<std::optional<ErrorCode>(const AuditDraft&)>& change) {
        const auto before = present();
        const auto entries = audit_count();
        CHECK(change(draft({"AAAAAAAAAAAAAAAAAAAAAA"})) == ErrorCode::kChangedMeanwhile);
        CHECK(present() == before);
        CHECK(audit_count() == entries);
        CHECK(change(draft({"AAAAAAAAAAAAAAAAAAAAAA", before})) == std::nullopt);
        CHECK(audit_count() == entries + 1);
    }
};

StreamKeyChange label_change(StreamKeyId id, const std::string& label) {
    StreamKeyChange change{{}, id, std::nullopt};
    change.label = label;
    return change;
}

constexpr int kThreads = 4;

}  // namespace

TEST_CASE_FIXTURE(Conditions, "every change of a key is only made on the version that was read") {
    const auto row = add_key();
    const StreamKeyId id = row.key.id;
    const auto present = [&] { return version(id); };
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().update_stream_key(label_change(id, "new"), at(seconds(1)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().update_stream_key({{}, id, true}, at(seconds(2)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        StreamKeyRotation rotation{id, digest_key_value("another"), std::nullopt};
        return code_of(storage().rotate_stream_key(rotation, at(seconds(3)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().revoke_stream_key(id, at(seconds(4)), audit));
    });
}

TEST_CASE_FIXTURE(Conditions,
                  "every change of a broadcaster is only made on the version that was read") {
    const BroadcasterId id = add_broadcaster().id;
    const auto present = [&] { return version(id); };
    check_both(present, [&](const AuditDraft& audit) {
        BroadcasterPatch patch;
        patch.display_name = "new";
        return code_of(storage().update_broadcaster(id, patch, at(seconds(1)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().set_broadcaster_disabled(id, true, at(seconds(2)), audit));
    });
    const auto last = version(id);
    CHECK(code_of(storage().delete_broadcaster(id, true, at(seconds(3)), draft({"other"}))) ==
          ErrorCode::kChangedMeanwhile);
    CHECK(storage().find_broadcaster(id).has_value());
    CHECK(storage().delete_broadcaster(id, true, at(seconds(3)), draft({last})).has_value());
}

TEST_CASE_FIXTURE(Conditions,
                  "every change of an incident is only made on the version that was read") {
    const IncidentId id = add_incident();
    const auto row = add_key();
    const auto present = [&] {
        return record_version(storage().find_incident(id).value().incident);
    };
    check_both(present, [&](const AuditDraft& audit) {
        IncidentPatch patch;
        patch.name = "hill";
        return code_of(storage().update_incident(id, patch, at(seconds(1)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().assign_to_incident(id, {{}, {row.key.id}}, at(seconds(2)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().take_from_incident(id, {{}, {row.key.id}}, at(seconds(3)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().close_incident(id, {at(seconds(4)), "ada"}, audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        return code_of(storage().reopen_incident(id, at(seconds(0)), at(seconds(5)), audit));
    });
}

TEST_CASE_FIXTURE(Conditions, "the version of a key names its incident") {
    const IncidentId id = add_incident();
    const auto row = add_key();
    const auto before = version(row.key.id);
    REQUIRE(storage().assign_to_incident(id, {{}, {row.key.id}}, at(seconds(2)), make_audit()));
    CHECK(version(row.key.id) != before);
}

TEST_CASE_FIXTURE(Conditions,
                  "every change of a credential is only made on the version that was read") {
    ApiCredentialRow row;
    row.credential.id = ApiCredentialId{"aaaaaaaaaaaa"};
    row.credential.label = "map";
    row.credential.created_at = row.credential.updated_at = at(seconds(0));
    row.secret = {digest_key_value("secret"), "sealed"};
    REQUIRE(storage().create_credential(row, make_audit()));
    const auto present = [&] { return record_version(storage().list_credentials().value().at(0)); };
    const auto change = [&](const ApiCredentialChange& what, seconds when) {
        check_both(present, [&](const AuditDraft& audit) {
            return code_of(storage().change_credential(row.credential.id, what, at(when), audit));
        });
    };
    ApiCredentialChange label;
    label.label = "new";
    change(label, seconds(1));
    ApiCredentialChange rotation;
    rotation.rotation.emplace().secret = {digest_key_value("another"), "sealed"};
    change(rotation, seconds(2));
    ApiCredentialChange revocation;
    revocation.revoke = true;
    change(revocation, seconds(3));
    const auto last = present();
    CHECK(code_of(storage().delete_credential(row.credential.id, nullptr, draft({"other"}))) ==
          ErrorCode::kChangedMeanwhile);
    CHECK(storage().list_credentials().value().size() == 1);
    CHECK(storage().delete_credential(row.credential.id, nullptr, draft({last})).has_value());
}

TEST_CASE_FIXTURE(Conditions,
                  "a guest link and a playback key are only ended on the version that was read") {
    GuestLinkRow link;
    link.link.id = new_id<GuestLinkId>();
    link.link.expires_at = at(seconds(1'000));
    link.link.created_at = at(seconds(0));
    REQUIRE(storage().create_guest_link(link, make_audit()));
    check_both([&] { return record_version(storage().find_guest_link(link.link.id)->link); },
               [&](const AuditDraft& audit) {
                   return code_of(storage().close_guest_link(link.link.id, at(seconds(1)), audit));
               });
    PlaybackKey key;
    key.id = "k";
    key.issuer = "dispatch";
    key.created_at = at(seconds(0));
    REQUIRE(storage().add_playback_key(key, std::nullopt, make_audit()));
    check_both([&] { return record_version(storage().list_playback_keys().value().at(0)); },
               [&](const AuditDraft& audit) {
                   return code_of(storage().end_playback_key("k", at(seconds(1)), audit));
               });
}

TEST_CASE_FIXTURE(Conditions, "every change of a node is only made on the version that was read") {
    add_node();
    const auto present = [&] { return node_version(); };
    check_both(present, [&](const AuditDraft& audit) {
        NodePatch patch;
        patch.label = "new";
        return code_of(storage().update_node("south", patch, at(seconds(1)), audit));
    });
    check_both(present, [&](const AuditDraft& audit) {
        NodeStanding ordered;
        ordered.enforced_at = at(seconds(2));
        return code_of(storage().note_node_standing("south", "", ordered, audit));
    });
    const auto last = node_version();
    CHECK(code_of(storage().delete_node("south", draft({"other"}))) ==
          ErrorCode::kChangedMeanwhile);
    CHECK(storage().delete_node("south", draft({last})).has_value());
}

TEST_CASE_FIXTURE(Conditions,
                  "the version of a key differs after each rotation, also of the same moment") {
    const auto row = add_key();
    auto before = version(row.key.id);
    for (const char* value : {"one", "two", "three"}) {
        StreamKeyRotation rotation{row.key.id, digest_key_value(value), std::nullopt};
        const auto outcome =
            storage().rotate_stream_key(rotation, at(seconds(5)), draft({before})).value();
        CHECK(version(row.key.id) != before);
        CHECK(version(row.key.id) == record_version(outcome.keys.at(0)));
        before = version(row.key.id);
    }
}

TEST_CASE_FIXTURE(Conditions, "the use of a key does not change its version") {
    const auto row = add_key();
    const auto before = version(row.key.id);
    go_live(row, "a");
    REQUIRE(storage().find_stream_key(row.key.id).value().last_used_at.has_value());
    CHECK(version(row.key.id) == before);
}

TEST_CASE_FIXTURE(Conditions, "of several changes of one version at once exactly one is made") {
    const auto row = add_key();
    const auto seen = version(row.key.id);
    std::vector<AuditDraft> drafts;
    for (int i = 0; i < kThreads; ++i) drafts.push_back(draft({seen}));
    std::array<std::optional<ErrorCode>, kThreads> codes{};
    at_once(kThreads, [&](int i) {
        const auto place = static_cast<std::size_t>(i);
        codes.at(place) = code_of(storage().update_stream_key(
            label_change(row.key.id, "by " + std::to_string(i)), at(seconds(1)), drafts[place]));
    });
    CHECK(std::count(codes.begin(), codes.end(), std::nullopt) == 1);
    CHECK(std::count(codes.begin(), codes.end(), ErrorCode::kChangedMeanwhile) == kThreads - 1);
}

TEST_CASE_FIXTURE(
    Conditions, "concurrent changes of different members of a node, a key and a broadcaster stay") {
    add_node();
    const auto row = add_key();
    const auto owner = row.key.broadcaster_id;
    for (int round = 0; round < 5; ++round) {
        const std::string name = "round " + std::to_string(round);
        std::vector<AuditDraft> drafts;
        for (int i = 0; i < 3 * kThreads; ++i) drafts.push_back(draft({}));
        at_once(kThreads, [&](int i) {
            const auto place = static_cast<std::size_t>(i);
            NodePatch node;
            StreamKeyChange key{{}, row.key.id, std::nullopt};
            BroadcasterPatch broadcaster;
            if (i == 0) {
                node.label = key.label = name;
                broadcaster.display_name = name;
            } else if (i == 1) {
                node.api_user = name;
                key.expires_at = at(seconds(1'000 + round));
                broadcaster.metadata = JsonObject::parse("{\"name\":\"" + name + "\"}").value();
            } else if (i == 2) {
                node.addresses.hls = "https://hls.example/" + std::to_string(round);
                key.policies.stale_after = seconds(3 + round);
            } else {
                node.draining = round % 2 == 0;
                key.disabled = round % 2 == 0;
            }
            REQUIRE(storage().update_node("south", node, at(seconds(round)), drafts[place]));
            REQUIRE(storage().update_stream_key(key, at(seconds(round)), drafts[kThreads + place]));
            REQUIRE(storage().update_broadcaster(owner, broadcaster, at(seconds(round)),
                                                 drafts[2 * kThreads + place]));
        });
        const Node node = storage().list_nodes().value().at(0);
        CHECK(node.label == name);
        CHECK(node.api_user == name);
        CHECK(node.addresses.hls == "https://hls.example/" + std::to_string(round));
        CHECK(node.draining == (round % 2 == 0));
        const StreamKey key = storage().find_stream_key(row.key.id).value();
        CHECK(key.label == name);
        CHECK(key.expires_at == at(seconds(1'000 + round)));
        CHECK(key.policies.stale_after == seconds(3 + round));
        CHECK(key.disabled == (round % 2 == 0));
        const Broadcaster broadcaster = storage().find_broadcaster(owner).value();
        CHECK(broadcaster.display_name == name);
        CHECK(broadcaster.metadata.text() == "{\"name\":\"" + name + "\"}");
    }
}

TEST_CASE_FIXTURE(Conditions, "two programs on one database see each other's versions") {
    if (!backend().is_persistent()) return;
    const auto row = add_key();
    const auto other = backend().open();
    const auto seen = version(row.key.id);
    CHECK(record_version(other->find_stream_key(row.key.id).value()) == seen);
    REQUIRE(other->update_stream_key(label_change(row.key.id, "theirs"), at(seconds(1)),
                                     draft({seen})));
    CHECK(code_of(storage().update_stream_key(label_change(row.key.id, "ours"), at(seconds(1)),
                                              draft({seen}))) == ErrorCode::kChangedMeanwhile);
    CHECK(storage().find_stream_key(row.key.id).value().label == "theirs");
}
