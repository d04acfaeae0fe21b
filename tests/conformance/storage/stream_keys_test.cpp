#include <array>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a stream key is found as it was written, with its audit entry") {
    auto row = make_key(add_broadcaster().id, at(seconds(1)));
    SUBCASE("with the least that a key has") {
        row.key.label.clear();
    }
    SUBCASE("with everything that a key can have") {
        row.key.policies.playback_policy = PlaybackPolicy::kSigned;
        row.key.policies.on_duplicate = OnDuplicate::kTakeover;
        row.key.policies.reconnect_window = seconds(0);
        row.key.policies.max_session_duration = seconds(86'400);
        row.key.policies.allowed_addresses = {
            {AddressRange::parse("192.0.2.0/24").value(), AddressRange::parse("::1").value()}};
        row.key.policies.from_newer_release = JsonObject::parse(R"({"moon":["full"]})").value();
        row.key.disabled = true;
        row.key.expires_at = at(seconds(3600));
    }
    SUBCASE("with another policy on duplicates") {
        row.key.policies.on_duplicate = OnDuplicate::kRejectIfHealthy;
        row.key.policies.reconnect_window = seconds(1800);
    }
    auto audit = make_audit("create", at(seconds(50)));
    CHECK(storage().create_stream_key(row, audit).value() == row.key);
    CHECK(storage().find_stream_key(row.key.id).value() == row.key);
    auto written = storage().list_audit({}).value().entries.front();
    written.metadata = audit.metadata;  // without the names
    CHECK(written == audit);
}

TEST_CASE_FIXTURE(StorageCase, "a key of an unknown broadcaster is refused without any change") {
    const auto row = make_key(new_id<BroadcasterId>());
    CHECK(code_of(storage().create_stream_key(row, make_audit())) == ErrorCode::kNotFound);
    CHECK(code_of(storage().find_stream_key(row.key.id)) == ErrorCode::kNotFound);
    CHECK(audit_count() == 0);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a new key is disabled with its broadcaster, whatever its creator says") {
    const auto owner = add_broadcaster();
    storage().set_broadcaster_disabled(owner.id, true, at(seconds(1)), make_audit()).value();
    const auto row = make_key(owner.id);
    CHECK(storage().create_stream_key(row, make_audit()).value().broadcaster_disabled);
    CHECK(storage().find_stream_key(row.key.id).value().broadcaster_disabled);

    storage().set_broadcaster_disabled(owner.id, false, at(seconds(1)), make_audit()).value();
    auto enabled = make_key(owner.id);
    enabled.key.broadcaster_disabled = true;
    CHECK_FALSE(storage().create_stream_key(enabled, make_audit()).value().broadcaster_disabled);
    CHECK_FALSE(storage().find_stream_key(enabled.key.id).value().broadcaster_disabled);
}

TEST_CASE_FIXTURE(StorageCase, "a playback path belongs to at most one key that is not revoked") {
    auto owner = make_key(add_broadcaster().id);
    owner.key.expires_at = at(seconds(5));
    add(owner);
    auto newcomer = make_key(add_broadcaster().id, at(seconds(100)));
    newcomer.key.playback_path = owner.key.playback_path;
    const auto entries = audit_count();

    // At that time the owner has expired, and is still not revoked.
    CHECK(code_of(storage().create_stream_key(newcomer, make_audit())) == ErrorCode::kConflict);
    CHECK(code_of(storage().find_stream_key(newcomer.key.id)) == ErrorCode::kNotFound);
    CHECK(audit_count() == entries);

    storage().revoke_stream_key(owner.key.id, at(seconds(101)), make_audit()).value();
    add(newcomer);
    CHECK(session_at(newcomer.key.playback_path).key == newcomer.key);
    CHECK(storage().find_stream_key(owner.key.id).value().playback_path == owner.key.playback_path);
}

TEST_CASE_FIXTURE(StorageCase, "playback paths differ by letter case and by slash") {
    const auto owner = add_broadcaster().id;
    for (const char* path : {"live/Alpha", "live/alpha", "live/alpha/2", "alpha"}) {
        auto row = make_key(owner);
        row.key.playback_path = path;
        add(row);
        CHECK(session_at(path).key.id == row.key.id);
    }
}

TEST_CASE_FIXTURE(StorageCase,
                  "a digest that exists already is refused as a defect, without any change") {
    const auto first = add_key();
    auto second = make_key(first.key.broadcaster_id);
    second.digest = first.digest;
    const auto entries = audit_count();
    CHECK(code_of(storage().create_stream_key(second, make_audit())) == ErrorCode::kInternal);
    CHECK(code_of(storage().find_stream_key(second.key.id)) == ErrorCode::kNotFound);
    CHECK(storage().load_session_by_digest(first.digest).value().key == first.key);
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase,
                  "keys are listed newest first, revoked ones too, equal times by id") {
    const auto owner = add_broadcaster().id;
    const auto a = add_key(owner, at(seconds(1)));
    const auto b = add_key(owner, at(seconds(1)));
    const auto c = add_key(add_broadcaster().id, at(seconds(2)));
    const auto d = add_key(owner, at(seconds(0)));
    storage().revoke_stream_key(b.key.id, at(seconds(9)), make_audit()).value();
    const auto list = storage().list_stream_keys({}, {}).value();
    CHECK(ids_of(list.items) == std::vector{c.key.id, b.key.id, a.key.id, d.key.id});
    CHECK_FALSE(list.next.has_value());
    CHECK(list.items[1].revoked_at == at(seconds(9)));
}

TEST_CASE_FIXTURE(StorageCase, "keys can be listed by their broadcaster") {
    const auto owner = add_broadcaster().id;
    const auto mine = add_key(owner, at(seconds(1)));
    add_key();
    const auto mine_too = add_key(owner, at(seconds(3)));
    CHECK(ids_of(storage().list_stream_keys({owner}, {}).value().items) ==
          std::vector{mine_too.key.id, mine.key.id});
    CHECK(storage().list_stream_keys({new_id<BroadcasterId>()}, {}).value().items.empty());
}

TEST_CASE_FIXTURE(StorageCase, "keys can be listed by status, label and the name of their owner") {
    const auto north = add_broadcaster("North").id;
    const auto south = add_broadcaster("South").id;
    const auto add = [&](BroadcasterId owner, const std::string& label, int second, auto change) {
        auto row = make_key(owner, at(seconds(second)));
        row.key.label = label;
        change(row.key);
        storage().create_stream_key(row, make_audit()).value();
        return row.key.id;
    };
    const auto usual = add(north, "drone", 1, [](StreamKey&) {});
    const auto later = add(south, "drone", 2, [](StreamKey& k) { k.expires_at = at(seconds(51)); });
    const auto expired =
        add(north, "boat", 3, [](StreamKey& k) { k.expires_at = at(seconds(50)); });
    const auto revoked =
        add(south, "boat", 4, [](StreamKey& k) { k.expires_at = at(seconds(50)); });
    storage().revoke_stream_key(revoked, at(seconds(9)), make_audit()).value();
    const auto disabled = add(north, "", 5, [](StreamKey& k) { k.disabled = true; });
    const auto list = [&](StreamKeyFilter filter) {
        filter.at = at(seconds(50));
        return ids_of(storage().list_stream_keys(filter, {}).value().items);
    };
    using Ids = std::vector<StreamKeyId>;
    CHECK(list({.status = StreamKeyStatus::kActive}) == Ids{disabled, later, usual});
    CHECK(list({.status = StreamKeyStatus::kExpired}) == Ids{expired});
    CHECK(list({.status = StreamKeyStatus::kRevoked}) == Ids{revoked});
    CHECK(list({.label = "drone"}) == Ids{later, usual});
    CHECK(list({.label = "Drone"}).empty());
    CHECK(list({.broadcaster_name = "South"}) == Ids{revoked, later});
    CHECK(list({.broadcaster_name = "Nobody"}).empty());
    CHECK(list({.disabled = true}) == Ids{disabled});
    CHECK(list({.broadcaster_id = north, .label = "drone", .disabled = false}) == Ids{usual});
    storage().set_broadcaster_disabled(south, true, at(seconds(10)), make_audit()).value();
    CHECK(list({.disabled = true}) == Ids{disabled, revoked, later});
    CHECK(list({.status = StreamKeyStatus::kActive, .disabled = true}) == Ids{disabled, later});
}

TEST_CASE_FIXTURE(StorageCase, "pages of keys together are the whole list, with a filter too") {
    const std::array owners{add_broadcaster().id, add_broadcaster().id};
    for (int i = 0; i < 9; ++i) add_key(owners[i % 3 == 0 ? 1 : 0], at(seconds(i / 4)));
    for (const auto& filter : {StreamKeyFilter{}, StreamKeyFilter{.broadcaster_id = owners[0]}}) {
        const auto whole = storage().list_stream_keys(filter, {}).value().items;
        REQUIRE(whole.size() == (filter.broadcaster_id ? 6 : 9));
        for (const std::size_t limit : {1U, 2U, 3U, 5U, 9U}) {
            CAPTURE(limit);
            CHECK(collect_pages<StreamKey>(limit, [&](const PageRequest& request) {
                      return storage().list_stream_keys(filter, request);
                  }) == whole);
        }
    }
}

TEST_CASE_FIXTURE(StorageCase, "an unknown key is not found") {
    add_key();
    CHECK(code_of(storage().find_stream_key(new_id<StreamKeyId>())) == ErrorCode::kNotFound);
    CHECK(code_of(storage().revoke_stream_key(new_id<StreamKeyId>(), at(seconds(1)),
                                              make_audit())) == ErrorCode::kNotFound);
    CHECK(audit_count() == 2);
}
