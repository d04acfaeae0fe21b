// What a restored copy makes valid again, or permits again.
#include <doctest/doctest.h>

#include "tokens/signature.hpp"
#include "unit/storage/backup_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(BackupCase, "a session of a browser is not restored") {
    const Secret token = [&] {
        const auto opened = open();
        TestOrchestrator& program = *opened;
        NewApiCredential input;
        input.label = "page";
        input.scopes = {Scope::kStreamsRead};
        const auto made = program->create_credential(input, program.caller).value();
        Caller caller = program.caller;
        caller.credential = std::make_shared<const ApiCredential>(made.credential);
        const auto session = program->create_session(made.text, caller).value();
        CHECK(program->check_session(session.token.reveal(), "192.0.2.1", Secret()).outcome ==
              CredentialCheckOutcome::kGood);
        return session.token;
    }();
    REQUIRE(back_up_database(uri, copy));
    REQUIRE(restore_database(uri, copy, now));
    const auto opened = open();
    TestOrchestrator& program = *opened;
    CHECK(program->list_credentials().value().size() == 1);
    CHECK(program->check_session(token.reveal(), "192.0.2.1", Secret()).outcome ==
          CredentialCheckOutcome::kUnknown);
}

TEST_CASE_FIXTURE(BackupCase, "a restore lists what had ended since the copy and is valid again") {
    Timestamp then;
    {
        const auto opened = open();
        TestOrchestrator& program = *opened;
        const Caller& caller = program.caller;
        NewApiCredential input;
        input.label = "page";
        input.scopes = {Scope::kStreamsRead};
        const auto credential = [&] {
            return program->create_credential(input, caller).value().credential;
        };
        const auto revoked = credential();
        const auto deleted = credential();
        const auto rotated = credential();
        credential();
        const auto key = [&](const char* path) { return program.key(path).key; };
        const auto revoked_key = key("live/revoked");
        const auto disabled_key = key("live/disabled");
        const auto rotated_key = key("live/rotated");
        const auto overlapping_key = key("live/overlapping");
        const auto deleted_with_owner = key("live/deleted");
        key("live/kept");
        NewGuestLink wanted;
        wanted.targets.stream_key_ids = {revoked_key.id};
        wanted.expires_at = program.clock.now() + std::chrono::hours(1);
        const auto link = program->create_guest_link(wanted, caller).value().link;
        REQUIRE(back_up_database(uri, copy));

        REQUIRE(program->revoke_credential(revoked.id, caller));
        REQUIRE(program->delete_credential(deleted.id, caller));
        REQUIRE(program->rotate_credential(rotated.id, {}, caller));
        REQUIRE(program->revoke_stream_key(revoked_key.id, caller));
        REQUIRE(program->disable_stream_key(disabled_key.id, caller));
        REQUIRE(program->rotate_stream_key(rotated_key.id, {}, caller));
        REQUIRE(program->rotate_stream_key(overlapping_key.id, std::chrono::hours(24), caller));
        REQUIRE(program->delete_broadcaster(deleted_with_owner.broadcaster_id, true, caller));
        REQUIRE(program->close_guest_link(link.id, caller));
        REQUIRE(program->revoke_playback_tokens(RevokedBy::kViewer, "bob", caller));

        then = program.clock.now();
        const auto unknown = restore_database("sqlite:" + directory.file("new.db"), copy, then);
        REQUIRE(unknown);
        CHECK_FALSE(unknown->rights.has_value());
    }
    auto restored = restore_database(uri, copy, then);
    REQUIRE(restored);
    REQUIRE(restored->rights);
    RestoredRights& rights = *restored->rights;
    std::sort(rights.stream_keys.begin(), rights.stream_keys.end());
    CHECK(rights.credentials.size() == 3);
    CHECK(rights.stream_keys == std::vector<std::string>{"live/deleted", "live/disabled",
                                                         "live/revoked", "live/rotated"});
    CHECK(rights.guest_links == 1);
    CHECK(rights.revocations_of_tokens == 2);  // those of the viewer and of the link
    const auto undone = restore_database(uri, restored->replaced, then + std::chrono::hours(1));
    REQUIRE(undone);
    REQUIRE(undone->rights);
    CHECK(undone->rights->guest_links == 0);
    CHECK(undone->rights->revocations_of_tokens == 0);
}

TEST_CASE_FIXTURE(BackupCase, "a restore lists what had been limited since the copy") {
    Timestamp then;
    {
        const auto opened = open();
        TestOrchestrator& program = *opened;
        const Caller& caller = program.caller;
        const auto credential = [&](const char* label) {
            NewApiCredential input;
            input.label = label;
            input.scopes = {Scope::kStreamsRead, Scope::kKeysWrite};
            return program->create_credential(input, caller).value().credential;
        };
        const auto with_fewer_scopes = credential("scopes");
        const auto with_addresses = credential("addresses");
        const auto with_end = credential("end");
        const auto relabelled = credential("kept");
        const auto key = [&](const char* path) { return program.key(path).key; };
        const auto with_policy = key("live/policy");
        const auto ending = key("live/ending");
        const auto blocked = program.key("live/blocked");
        const auto renamed = key("live/kept");
        REQUIRE(program.publish(blocked, "c1"));
        NewIncident search;
        search.name = "Search";
        const auto incident = program->create_incident(search, caller).value();
        const auto link = [&](const char* label) {
            NewGuestLink input;
            input.label = label;
            input.targets.stream_key_ids = {with_policy.id};
            input.expires_at = program.clock.now() + std::chrono::hours(10);
            input.pin = Secret("204816");
            return program->create_guest_link(input, caller).value().link;
        };
        const auto with_pin = link("pin");
        const auto shortened = link("end");
        link("kept");
        NewPlaybackKey imported;
        imported.issuer = "dispatch";
        imported.label = "dispatch key";
        imported.paths = {"live/*"};
        imported.public_key = tokens::generate_key_pair().public_key;
        const auto playback_key = program->import_playback_key(imported, caller).value();
        NewNode node;
        node.name = "gone";
        node.api_url = "http://10.0.0.9:9997";
        REQUIRE(program->create_node(node, caller));
        REQUIRE(back_up_database(uri, copy));

        ApiCredentialPatch patch;
        patch.scopes = Scopes{Scope::kStreamsRead};
        REQUIRE(program->update_credential(with_fewer_scopes.id, patch, caller));
        patch = {};
        patch.allowed_addresses = {AddressRange::parse("192.0.2.0/24").value()};
        REQUIRE(program->update_credential(with_addresses.id, patch, caller));
        patch = {};
        patch.expires_at = program.clock.now() + std::chrono::hours(1);
        REQUIRE(program->update_credential(with_end.id, patch, caller));
        patch = {};
        patch.label = "another name";
        REQUIRE(program->update_credential(relabelled.id, patch, caller));
        StreamKeyPatch signed_only;
        signed_only.policies.playback_policy = PlaybackPolicy::kSigned;
        REQUIRE(program->update_stream_key(with_policy.id, signed_only, caller));
        StreamKeyPatch end;
        end.expires_at = program.clock.now() + std::chrono::hours(1);
        REQUIRE(program->update_stream_key(ending.id, end, caller));
        REQUIRE(program->stop_stream(program.live().at(0).id, std::chrono::hours(2), caller));
        StreamKeyPatch label;
        label.label = "another name";
        REQUIRE(program->update_stream_key(renamed.id, label, caller));
        GuestLinkPatch pin;
        pin.pin = Secret("999999");
        REQUIRE(program->update_guest_link(with_pin.id, pin, caller));
        GuestLinkPatch earlier;
        earlier.expires_at = program.clock.now() + std::chrono::hours(1);
        REQUIRE(program->update_guest_link(shortened.id, earlier, caller));
        REQUIRE(program->end_playback_key(playback_key.id, caller));
        REQUIRE(program->delete_node("gone", caller));
        REQUIRE(program->close_incident(incident.id, caller));
        then = program.clock.now();
    }
    const auto restored = restore_database(uri, copy, then);
    REQUIRE(restored);
    REQUIRE(restored->rights);
    const RestoredRights& rights = *restored->rights;
    CHECK(rights.credentials.empty());
    CHECK(rights.stream_keys.empty());
    CHECK(rights.guest_links == 0);
    const auto starts = [](const std::vector<std::string>& names) {
        std::vector<std::string> words;
        for (const auto& name : names) words.push_back(name.substr(0, name.find(" (")));
        std::sort(words.begin(), words.end());
        return words;
    };
    using Words = std::vector<std::string>;
    CHECK(starts(rights.changed_credentials) == Words{"addresses", "end", "scopes"});
    CHECK(starts(rights.changed_stream_keys) ==
          Words{"live/blocked", "live/ending", "live/policy"});
    CHECK(starts(rights.changed_guest_links) == Words{"end", "pin"});
    CHECK(starts(rights.playback_keys) == Words{"dispatch key"});
    CHECK(rights.nodes == Words{"gone"});
    CHECK(starts(rights.reopened_incidents) == Words{"Search"});
    CHECK_FALSE(rights.is_empty());
}
