#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "rescuestream/forwarding_storage.hpp"
#include "support/crypto.hpp"
#include "support/test_orchestrator.hpp"
#include "support/wait.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

using Outcome = CredentialCheckOutcome;

OrchestratorSettings settings_that_seal() {
    auto settings = TestOrchestrator::default_settings();
    settings.control_secret = Secret("installation");
    return settings;
}

NewApiCredential wanted_credential(Scopes scopes = {Scope::kStreamsRead}) {
    NewApiCredential input;
    input.label = "Map";
    input.scopes = scopes;
    return input;
}

Caller caller_with(const ApiCredential& credential) {
    Caller caller;
    caller.actor = credential.actor();
    caller.credential = std::make_shared<const ApiCredential>(credential);
    return caller;
}

}  // namespace

TEST_CASE("a new credential is accepted, and every other text is not") {
    TestOrchestrator test(settings_that_seal());
    const auto made = test->create_credential(wanted_credential(), test.caller).value();
    const std::string text = made.text.reveal();
    const auto checked = test->check_credential(text, "192.0.2.1");
    CHECK(checked.outcome == Outcome::kGood);
    REQUIRE(checked.credential);
    CHECK(checked.credential->id == made.credential.id);
    CHECK(checked.credential->made_by == "tester");
    CHECK(made.credential.actor() == "Map (" + made.credential.id.value + ")");

    std::string wrong = text;
    wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
    std::string other_id = text;
    other_id[4] = other_id[4] == 'a' ? 'b' : 'a';
    for (const std::string& bad : {wrong, other_id, std::string(), text + "A", text.substr(1)}) {
        const auto refused = test->check_credential(bad, "192.0.2.1");
        CHECK(refused.outcome == Outcome::kUnknown);
        CHECK(refused.credential == nullptr);
    }
}

TEST_CASE("a credential is refused when it is revoked, expired or deleted, and elsewhere") {
    TestOrchestrator test(settings_that_seal());
    NewApiCredential input = wanted_credential();
    input.expires_at = test->now() + std::chrono::hours(1);
    input.allowed_addresses = {AddressRange::parse("192.0.2.0/24").value()};
    const auto made = test->create_credential(input, test.caller).value();
    const std::string text = made.text.reveal();
    CHECK(test->check_credential(text, "192.0.2.9").outcome == Outcome::kGood);
    CHECK(test->check_credential(text, "198.51.100.9").outcome == Outcome::kAddressNotAllowed);
    test.clock.advance(std::chrono::hours(1));
    CHECK(test->check_credential(text, "192.0.2.9").outcome == Outcome::kExpired);

    ApiCredentialPatch forever;
    forever.reset = {"expires_at"};
    REQUIRE(test->update_credential(made.credential.id, forever, test.caller));
    CHECK(test->check_credential(text, "192.0.2.9").outcome == Outcome::kGood);
    REQUIRE(test->revoke_credential(made.credential.id, test.caller));
    CHECK(test->check_credential(text, "192.0.2.9").outcome == Outcome::kRevoked);
    REQUIRE(test->delete_credential(made.credential.id, test.caller));
    CHECK(test->check_credential(text, "192.0.2.9").outcome == Outcome::kUnknown);
    CHECK(test->find_credential(made.credential.id).error().code == ErrorCode::kNotFound);
}

TEST_CASE("after a rotation the old secret is valid for the overlap, for signatures too") {
    TestOrchestrator test(settings_that_seal());
    const auto made = test->create_credential(wanted_credential(), test.caller).value();
    const auto rotated =
        test->rotate_credential(made.credential.id, std::chrono::seconds(60), test.caller).value();
    const auto signs = [&](const Secret& text) {
        const auto parts = split_credential(text.reveal()).value();
        const auto signature = hmac_sha256(parts.secret, "message");
        return test
            ->check_credential_signature(parts.id.value, "192.0.2.1",
                                         [&](const Secret& secret) {
                                             return hmac_sha256(secret.reveal(), "message") ==
                                                    signature;
                                         })
            .outcome;
    };
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    CHECK(test->check_credential(rotated.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    CHECK(signs(made.text) == Outcome::kGood);
    CHECK(signs(rotated.text) == Outcome::kGood);
    test.clock.advance(std::chrono::seconds(60));
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kUnknown);
    CHECK(test->check_credential(rotated.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    CHECK(signs(made.text) == Outcome::kUnknown);
    CHECK(signs(rotated.text) == Outcome::kGood);

    const auto again =
        test->rotate_credential(made.credential.id, std::chrono::seconds(0), test.caller).value();
    CHECK(test->check_credential(rotated.text.reveal(), "192.0.2.1").outcome == Outcome::kUnknown);
    CHECK(test->check_credential(again.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
}

TEST_CASE("a signature under an unknown id is computed like any other, and refused") {
    TestOrchestrator test(settings_that_seal());
    int asked = 0;
    const auto checked =
        test->check_credential_signature("aaaaaaaaaaaa", "192.0.2.1", [&](const Secret& secret) {
            ++asked;
            CHECK_FALSE(secret.empty());
            return true;
        });
    CHECK(checked.outcome == Outcome::kUnknown);
    CHECK(asked == 1);
}

TEST_CASE("a credential that was made without the secret of the installation cannot sign") {
    TestOrchestrator test;
    const auto made = test->create_credential(wanted_credential(), test.caller).value();
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    const auto checked = test->check_credential_signature(made.credential.id.value, "192.0.2.1",
                                                          [](const Secret&) { return true; });
    CHECK(checked.outcome == Outcome::kUnknown);
}

TEST_CASE("all wrong members of a new credential are named, and nothing is created") {
    TestOrchestrator test;
    NewApiCredential input;
    input.label = " ";
    input.expires_at = test->now();
    const auto refused = test->create_credential(input, test.caller);
    REQUIRE_FALSE(refused);
    std::string pointers;
    for (const auto& field : refused.error().fields) pointers += field.pointer;
    CHECK(pointers == "/label/scopes/expires_at");
    CHECK(test->list_credentials().value().empty());
}

TEST_CASE("a credential cannot make, change, rotate or revoke one with more rights") {
    TestOrchestrator test;
    const auto admin =
        test->create_credential(wanted_credential({Scope::kAdmin}), test.caller).value();
    const auto weak =
        test->create_credential(wanted_credential({Scope::kCredentialsWrite, Scope::kKeysRead}),
                                test.caller)
            .value();
    const Caller caller = caller_with(weak.credential);
    const auto& id = admin.credential.id;
    CHECK(test->create_credential(wanted_credential({Scope::kAdmin}), caller).error().code ==
          ErrorCode::kForbidden);
    CHECK(test->rotate_credential(id, {}, caller).error().code == ErrorCode::kForbidden);
    CHECK(test->revoke_credential(id, caller).error().code == ErrorCode::kForbidden);
    CHECK(test->delete_credential(id, caller).error().code == ErrorCode::kForbidden);
    CHECK(test->check_credential(admin.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    CHECK(test->list_credentials().value().size() == 2);
    const auto child =
        test->create_credential(wanted_credential({Scope::kKeysRead}), caller).value();
    CHECK(child.credential.made_by == weak.credential.actor());
}

TEST_CASE("a restricted credential sees and changes only what belongs to its broadcasters") {
    TestOrchestrator test;
    const auto mine = test.key("live/mine");
    const auto other = test.key("live/other");
    REQUIRE(test.publish(mine, "c1"));
    REQUIRE(test.publish(other, "c2"));
    const auto streams = test.live();
    REQUIRE(streams.size() == 2);
    NewApiCredential input = wanted_credential({Scope::kAdmin});
    input.broadcasters = {mine.key.broadcaster_id};
    const auto made = test->create_credential(input, test.caller).value();
    const ApiCredential* reader = &made.credential;
    const Caller caller = caller_with(made.credential);
    const auto stream_of = [&](const CreatedStreamKey& key) {
        return streams[0].stream_key_id == key.key.id ? streams[0].id : streams[1].id;
    };
    const auto hidden = ErrorCode::kNotFound;

    CHECK(test->list_streams({}, {}, reader).value().items.size() == 1);
    CHECK(test->list_stream_keys({}, {}, reader).value().items.size() == 1);
    CHECK(test->list_broadcasters({}, reader).value().items.size() == 1);
    StreamKeyFilter theirs;
    theirs.broadcaster_id = other.key.broadcaster_id;
    CHECK(test->list_stream_keys(theirs, {}, reader).value().items.empty());
    StreamFilter their_streams;
    their_streams.broadcaster_id = other.key.broadcaster_id;
    CHECK(test->list_streams(their_streams, {}, reader).value().items.empty());
    CHECK(test->find_stream(stream_of(mine), reader));
    CHECK(test->find_stream(stream_of(other), reader).error().code == hidden);
    CHECK(test->stream_timeline(stream_of(mine), reader));
    CHECK(test->stream_timeline(stream_of(other), reader).error().code == hidden);
    CHECK(test->find_stream_key(mine.key.id, reader));
    CHECK(test->find_stream_key(other.key.id, reader).error().code == hidden);
    CHECK(test->find_broadcaster(other.key.broadcaster_id, reader).error().code == hidden);
    CHECK(test->list_audit({}, reader).error().code == ErrorCode::kForbidden);

    CHECK(test->stop_stream(stream_of(other), {}, caller).error().code == hidden);
    CHECK(test->update_stream_key(other.key.id, {}, caller).error().code == hidden);
    CHECK(test->revoke_stream_key(other.key.id, caller).error().code == hidden);
    CHECK(test->disable_stream_key(other.key.id, caller).error().code == hidden);
    CHECK(test->enable_stream_key(other.key.id, caller).error().code == hidden);
    CHECK(test->rotate_stream_key(other.key.id, {}, caller).error().code == hidden);
    const auto owner = other.key.broadcaster_id;
    CHECK(test->update_broadcaster(owner, {}, caller).error().code == hidden);
    CHECK(test->disable_broadcaster(owner, caller).error().code == hidden);
    CHECK(test->enable_broadcaster(owner, caller).error().code == hidden);
    CHECK(test->delete_broadcaster(owner, true, caller).error().code == hidden);
    CHECK(test->create_broadcaster({"New", {}}, caller).error().code == ErrorCode::kForbidden);
    NewStreamKey key;
    key.broadcaster_id = owner;
    CHECK(test->create_stream_key(key, caller).error().code == ErrorCode::kForbidden);
    key.broadcaster_id = mine.key.broadcaster_id;
    CHECK(test->create_stream_key(key, caller));
    CHECK(test.live().size() == 2);
    CHECK(test->stop_stream(stream_of(mine), {}, caller));

    // A credential that is not restricted, or to others, is not shown either.
    const auto whole = test->create_credential(wanted_credential(), test.caller).value();
    CHECK(test->list_credentials(reader).value().size() == 1);
    CHECK(test->find_credential(whole.credential.id, reader).error().code == hidden);
    CHECK(test->revoke_credential(whole.credential.id, caller).error().code == hidden);
}

TEST_CASE("a restricted credential sees the viewers at the paths of its keys, and no others") {
    TestOrchestrator test;
    const auto mine = test.key("live/mine");
    const auto also_mine = test.key("live/also-mine");
    const auto other = test.key("live/other");
    NewApiCredential input = wanted_credential({Scope::kViewersRead});
    input.broadcasters = {mine.key.broadcaster_id, also_mine.key.broadcaster_id};
    const auto reader = test->create_credential(input, test.caller).value().credential;
    const auto watch = [&](const std::string& id, const std::string& path) {
        test.clock.advance(std::chrono::seconds(1));
        ReadRequest request;
        request.path = path;
        request.protocol = Protocol::kWebRtc;
        request.connection = ConnectionId{id};
        REQUIRE(test->decide_read(request).accepted());
    };
    const std::string one = "0b3c6a52-7f0e-4d43-9d0a-2f6f5f1f7a01";
    const std::string two = "0b3c6a52-7f0e-4d43-9d0a-2f6f5f1f7a02";
    const std::string theirs = "0b3c6a52-7f0e-4d43-9d0a-2f6f5f1f7a03";
    const std::string keyless = "0b3c6a52-7f0e-4d43-9d0a-2f6f5f1f7a04";
    watch(one, "live/mine");
    watch(theirs, "live/other");
    watch(two, "live/also-mine");
    watch(keyless, "live/nobodys");
    const auto seen = [&](const ApiCredential* who, const ViewerFilter& filter = {}) {
        std::string ids;
        for (const auto& viewer : test->list_viewers(filter, {}, who).value().items) {
            ids += viewer.id.value.back();
        }
        return ids;
    };
    CHECK(seen(nullptr) == "4231");
    CHECK(seen(&reader) == "21");
    ViewerFilter filter;
    filter.path = "live/other";
    CHECK(seen(&reader, filter).empty());
    const auto page = test->list_viewers({}, {1, std::nullopt}, &reader).value();
    REQUIRE(page.next);
    CHECK(page.items.at(0).id.value == two);
    CHECK(test->list_viewers({}, {1, page.next}, &reader).value().items.at(0).id.value == one);
    CHECK(test->find_viewer({one}, &reader)->path == "live/mine");
    CHECK(test->find_viewer({theirs})->path == "live/other");
    CHECK(test->find_viewer({theirs}, &reader).error().code == ErrorCode::kNotFound);
    CHECK(test->find_viewer({keyless}, &reader).error().code == ErrorCode::kNotFound);
}

TEST_CASE("a restricted credential does not learn who else made its keys and credentials") {
    TestOrchestrator test;
    const auto mine = test.key("live/mine");
    const auto other = test.key("live/other");
    NewApiCredential input = wanted_credential({Scope::kAdmin});
    input.broadcasters = {mine.key.broadcaster_id};
    const auto made = test->create_credential(input, test.caller).value().credential;
    const Caller caller = caller_with(made);
    const std::string hidden = "another caller";
    CHECK(test->find_stream_key(mine.key.id, &made)->created_by == hidden);
    CHECK(test->list_stream_keys({}, {}, &made)->items.at(0).created_by == hidden);
    StreamKeyPatch patch;
    patch.label = "new";
    CHECK(test->update_stream_key(mine.key.id, patch, caller)->created_by == hidden);
    CHECK(test->disable_stream_key(mine.key.id, caller)->key.created_by == hidden);
    CHECK(test->enable_stream_key(mine.key.id, caller)->key.created_by == hidden);
    CHECK(test->rotate_stream_key(mine.key.id, {}, caller)->key.created_by == hidden);
    CHECK(test->revoke_stream_key(mine.key.id, caller)->key.created_by == hidden);
    CHECK(test->find_credential(made.id, &made)->made_by == hidden);
    CHECK(test->list_credentials(&made)->at(0).made_by == hidden);

    NewStreamKey own;
    own.broadcaster_id = mine.key.broadcaster_id;
    const auto created = test->create_stream_key(own, caller).value();
    CHECK(test->find_stream_key(created.key.id, &made)->created_by == made.actor());
    CHECK(test->find_stream_key(mine.key.id)->created_by == test.caller.actor);

    own.playback_path = "live/other";
    const Error taken = test->create_stream_key(own, caller).error();
    CHECK(taken.code == ErrorCode::kConflict);
    CHECK(taken.message.find("stream key") == std::string::npos);
    CHECK(test->create_stream_key(own, test.caller).error().message.find("the stream key (") !=
          std::string::npos);
}

TEST_CASE("the pages of a restricted list are those of one list of all its broadcasters") {
    TestOrchestrator test;
    std::vector<BroadcasterId> owners;
    for (int i = 0; i < 3; ++i) {
        owners.push_back(test.broadcaster().id);
        test.clock.advance(std::chrono::seconds(1));
    }
    std::vector<StreamKeyId> newest_first;
    for (int i = 0; i < 9; ++i) {
        NewStreamKey input;
        input.broadcaster_id = owners[static_cast<std::size_t>(i % 3)];
        const auto made = test->create_stream_key(input, test.caller).value();
        if (i % 3 != 1) newest_first.insert(newest_first.begin(), made.key.id);
        test.clock.advance(std::chrono::seconds(1));
    }
    NewApiCredential input = wanted_credential();
    input.broadcasters = {owners[2], owners[0], owners[2]};
    const ApiCredential reader = test->create_credential(input, test.caller).value().credential;
    for (const std::size_t limit : {1U, 2U, 4U, 6U, 7U}) {
        std::vector<StreamKeyId> found;
        PageRequest page{limit, std::nullopt};
        do {
            const auto part = test->list_stream_keys({}, page, &reader).value();
            CHECK(part.items.size() <= limit);
            for (const auto& key : part.items) found.push_back(key.id);
            page.after = part.next;
        } while (page.after && found.size() < 100);
        CHECK(found == newest_first);
    }
    const auto broadcasters = test->list_broadcasters({1, std::nullopt}, &reader).value();
    REQUIRE(broadcasters.items.size() == 1);
    CHECK(broadcasters.items.front().id == owners[2]);
    REQUIRE(broadcasters.next);
    const auto rest = test->list_broadcasters({1, broadcasters.next}, &reader).value();
    REQUIRE(rest.items.size() == 1);
    CHECK(rest.items.front().id == owners[0]);
    CHECK_FALSE(rest.next);
}

namespace {

/// Counts what the follower of credentials asks, and fails when the test says so.
class AskedStorage final : public ForwardingStorage {
public:
    using ForwardingStorage::ForwardingStorage;

    std::atomic<int> uses_written = 0;
    std::atomic<bool> fails = false;

    Result<void> note_credential_uses(const std::vector<ApiCredentialUse>& uses) override {
        ++uses_written;
        return ForwardingStorage::note_credential_uses(uses);
    }

protected:
    std::optional<Error> before(const StorageStep& step) override {
        if (!fails || step.method != "credential_facts_unless") return std::nullopt;
        return Error{ErrorCode::kUnavailable, "Down.", {}, {}};
    }
};

}  // namespace

TEST_CASE("the use of a credential is stored once, and later uses wait for the next minute") {
    auto owned = std::make_unique<AskedStorage>(TestOrchestrator::open_memory());
    AskedStorage& storage = *owned;
    TestOrchestrator test(std::move(owned), TestOrchestrator::default_settings());
    const auto made = test->create_credential(wanted_credential(), test.caller).value();
    const std::string text = made.text.reveal();
    test->start();
    REQUIRE(eventually(
        [&] { return test->check_credential(text, "192.0.2.1").outcome == Outcome::kGood; }));
    REQUIRE(eventually([&] { return storage.uses_written == 1; }));
    test.clock.advance(std::chrono::seconds(1));
    for (int i = 0; i < 100; ++i) test->check_credential(text, "192.0.2.2");
    // Without another write, this program shows the newest use, others the stored one.
    CHECK(test->find_credential(made.credential.id).value().last_used_address == "192.0.2.2");
    CHECK(storage.uses_written == 1);
    test.clock.advance(std::chrono::seconds(59));
    REQUIRE(eventually([&] { return storage.uses_written == 2; }));
    test->stop();
    CHECK(storage.list_credentials().value().front().last_used_address == "192.0.2.2");
}

TEST_CASE("credentials are refused when their changes could not be read for too long") {
    auto owned = std::make_unique<AskedStorage>(TestOrchestrator::open_memory());
    AskedStorage& storage = *owned;
    TestOrchestrator test(std::move(owned), TestOrchestrator::default_settings());
    const auto made = test->create_credential(wanted_credential(), test.caller).value();
    storage.fails = true;
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
    test.clock.advance(std::chrono::seconds(11));
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kUnavailable);
    storage.fails = false;
    CHECK(test->check_credential(made.text.reveal(), "192.0.2.1").outcome == Outcome::kGood);
}

TEST_CASE("a change by another program is known after its notification") {
    auto shared = std::shared_ptr<Storage>(TestOrchestrator::open_memory());
    TestOrchestrator here(std::make_unique<ForwardingStorage>(shared),
                          TestOrchestrator::default_settings());
    TestOrchestrator there(std::make_unique<ForwardingStorage>(shared),
                           TestOrchestrator::default_settings());
    here->start();
    const auto made = there->create_credential(wanted_credential(), there.caller).value();
    const std::string text = made.text.reveal();
    REQUIRE(eventually(
        [&] { return here->check_credential(text, "192.0.2.1").outcome == Outcome::kGood; }));
    REQUIRE(there->revoke_credential(made.credential.id, there.caller));
    CHECK(eventually(
        [&] { return here->check_credential(text, "192.0.2.1").outcome == Outcome::kRevoked; }));
    here->stop();
}
