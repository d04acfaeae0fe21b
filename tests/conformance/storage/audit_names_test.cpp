// The names that the storage adds to the audit entries of keys.
#include <array>
#include <thread>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

// A part of a key value that is long enough to be masked.
const std::string kNearlyKey = "sk_ab1CDefghIJklmnopQRstuvwxyZ012345678901";

class AuditNamesCase : public StorageCase {
protected:
    StreamKeyRow add_key_of(const std::string& owner, const std::string& label) {
        owner_ = make_broadcaster();
        owner_.display_name = owner;
        storage().create_broadcaster(owner_, make_audit()).value();
        StreamKeyRow row = make_key(owner_.id);
        row.key.label = label;
        row.key.playback_path = "live/path";
        storage().create_stream_key(row, entry()).value();
        return row;
    }

    /// The newest entry of them all.
    AuditEntry entry() {
        AuditEntry made = make_audit("change", at(seconds(100 + entries_++)));
        made.metadata = JsonObject::parse(R"({"source":"server"})").value();
        return made;
    }
    std::string written() {
        return storage().list_audit({}).value().entries.front().metadata.text();
    }
    static std::string names(const std::string& owner, const std::string& key) {
        return R"({"source":"server","broadcaster_name":")" + owner + R"(","key_name":")" + key +
               R"(","playback_path":"live/path"})";
    }

    Broadcaster owner_;

private:
    int entries_ = 0;
};

struct Case {
    std::string owner, label, owner_in_json, label_in_json;
};

}  // namespace

TEST_CASE_FIXTURE(AuditNamesCase,
                  "the entry of a change of a key has the names from before the change") {
    const std::array<Case, 6> cases{{
        {"Team A", "Drone 7", "Team A", "Drone 7"},
        {"Team A", "", "Team A", "live/path"},
        {R"(The "best" \ team)", R"(a\"b)", R"(The \"best\" \\ team)", R"(a\\\"b)"},
        {"Équipe 日本", "100 % / desk_lamp", "Équipe 日本", "100 % / desk_lamp"},
        {"of " + kNearlyKey, "Drone 7", "of sk_***", "Drone 7"},
        {"Team A", kNearlyKey + " x", "Team A", "sk_*** x"},
    }};
    for (const auto& one : cases) {
        CAPTURE(one.owner);
        CAPTURE(one.label);
        const auto row = add_key_of(one.owner, one.label);
        CHECK(written() == names(one.owner_in_json, one.label_in_json));

        StreamKeyChange change;
        change.id = row.key.id;
        change.label = "another label";
        storage().update_stream_key(change, at(seconds(1)), entry()).value();
        CHECK(written() == names(one.owner_in_json, one.label_in_json));

        change.label = one.label;
        storage().update_stream_key(change, at(seconds(2)), entry()).value();
        CHECK(written() == names(one.owner_in_json, "another label"));

        StreamKeyRotation rotation;
        rotation.id = row.key.id;
        rotation.digest = make_key(owner_.id).digest;
        storage().rotate_stream_key(rotation, at(seconds(3)), entry()).value();
        CHECK(written() == names(one.owner_in_json, one.label_in_json));

        CHECK(storage().revoke_stream_key(row.key.id, at(seconds(4)), entry()).value().changed);
        CHECK(written() == names(one.owner_in_json, one.label_in_json));
    }
}

TEST_CASE_FIXTURE(AuditNamesCase,
                  "the entry of a key that is revoked while it is in use has names") {
    const auto row = add_key_of("Team A", "Drone 7");
    go_live(row, "a");
    CHECK(storage().revoke_stream_key(row.key.id, at(seconds(20)), entry()).value().changed);
    CHECK(written() == names("Team A", "Drone 7"));
}

TEST_CASE_FIXTURE(AuditNamesCase, "names that a broadcaster got meanwhile are in later entries") {
    const auto row = add_key_of("Team A", "Drone 7");
    BroadcasterPatch renamed;
    renamed.display_name = "Team B";
    storage().update_broadcaster(owner_.id, renamed, at(seconds(1)), make_audit()).value();
    storage().revoke_stream_key(row.key.id, at(seconds(4)), entry()).value();
    CHECK(written() == names("Team B", "Drone 7"));
}

TEST_CASE_FIXTURE(AuditNamesCase, "an entry without metadata gets the names alone") {
    const auto row = add_key_of("Team A", "Drone 7");
    storage()
        .revoke_stream_key(row.key.id, at(seconds(4)), make_audit("delete", at(seconds(500))))
        .value();
    CHECK(written() ==
          R"({"broadcaster_name":"Team A","key_name":"Drone 7","playback_path":"live/path"})");
}

TEST_CASE_FIXTURE(AuditNamesCase,
                  "keys that are created and revoked at once have their own names") {
    constexpr std::size_t kKeys = 12;
    std::vector<StreamKeyRow> rows;
    std::vector<AuditEntry> created, revoked;
    for (std::size_t i = 0; i < kKeys; ++i) {
        Broadcaster owner = make_broadcaster();
        owner.display_name = "Team " + std::to_string(i % 3);
        storage().create_broadcaster(owner, make_audit()).value();
        rows.push_back(make_key(owner.id));
        rows.back().key.label = (i == 5 ? "desk_" : "Drone ") + std::to_string(i);
        created.push_back(make_audit());
        revoked.push_back(make_audit());
    }
    const auto all_at_once = [&](auto call) {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < kKeys; ++i) threads.emplace_back([&, i] { call(i); });
        for (auto& thread : threads) thread.join();
    };
    all_at_once([&](std::size_t i) { (void)storage().create_stream_key(rows[i], created[i]); });
    all_at_once([&](std::size_t i) {
        (void)storage().revoke_stream_key(rows[i].key.id, at(seconds(4)), revoked[i]);
    });
    std::size_t found = 0;
    for (const auto& entry : storage().list_audit({}).value().entries) {
        for (std::size_t i = 0; i < kKeys; ++i) {
            if (entry.id != created[i].id && entry.id != revoked[i].id) continue;
            ++found;
            CHECK(entry.metadata.text() == R"({"broadcaster_name":"Team )" + std::to_string(i % 3) +
                                               R"(","key_name":")" + rows[i].key.label +
                                               R"(","playback_path":")" +
                                               rows[i].key.playback_path + R"("})");
        }
    }
    CHECK(found == 2 * kKeys);
}
