#include "fields/stream_key.hpp"

#include <doctest/doctest.h>

#include <set>

#include "fields/stream_key_json.hpp"
#include "json/values.hpp"

using namespace rescuestream;
using std::chrono::seconds;

TEST_CASE("no two fields of a key share a name, an option or a title") {
    std::multiset<std::string_view> names;
    std::multiset<std::string_view> options;
    std::multiset<std::string_view> titles;
    NewStreamKey input;
    fields::for_each_field(input, [&](const Field& field, const auto&) {
        names.insert(field.name);
        options.insert(field.option);
        titles.insert(field.title);
        CHECK(field.option.starts_with("--"));
        CHECK_FALSE(field.help.empty());
        CHECK(field.min <= field.max);
    });
    for (const auto* values : {&names, &options, &titles}) {
        for (const auto value : *values) {
            CAPTURE(value);
            CHECK(values->count(value) == 1);
        }
    }
}

TEST_CASE("every policy may be reset, and says what holds without it") {
    fields::for_each_policy([](const Field& field, auto) {
        CAPTURE(field.name);
        CHECK(field.may_be_reset);
        CHECK_FALSE(field.otherwise.empty());
    });
}

TEST_CASE("a change sets the policies that it gives, clears those that it resets, keeps the rest") {
    StreamKeyPolicies before;
    before.playback_policy = PlaybackPolicy::kSigned;
    before.on_duplicate = OnDuplicate::kReject;
    before.reconnect_window = seconds(5);
    before.stale_after = seconds(6);
    StreamKeyPatch patch;
    patch.policies.stale_after = seconds(7);
    patch.policies.max_session_duration = seconds(8);
    patch.reset = {"reconnect_window", "expires_at"};
    StreamKeyPolicies after = before;
    after.reconnect_window.reset();
    after.stale_after = seconds(7);
    after.max_session_duration = seconds(8);
    CHECK(fields::changed_policies(before, patch) == after);
    CHECK(fields::is_given(patch, "stale_after"));
    CHECK_FALSE(fields::is_given(patch, "reconnect_window"));
    CHECK_FALSE(fields::is_given(patch, "expires_at"));
}

TEST_CASE("stored policies hold what is set and has no column, and come back") {
    StreamKeyPolicies policies;
    CHECK(fields::stored_policies(policies) == "{}");
    policies.on_duplicate = OnDuplicate::kTakeover;
    CHECK(fields::stored_policies(policies) == "{}");
    policies.reconnect_window = seconds(0);
    policies.max_session_duration = seconds(2'592'000);
    const std::string text = fields::stored_policies(policies);
    CHECK(text == R"({"reconnect_window":0,"max_session_duration":2592000})");
    StreamKeyPolicies read;
    read.on_duplicate = OnDuplicate::kTakeover;
    fields::read_stored_policies(text, read);
    CHECK(read == policies);
}

TEST_CASE("policies of a newer release are kept, and make a key unusable") {
    StreamKey key;
    CHECK(key.is_usable_at(Timestamp{}));
    fields::read_stored_policies(
        R"({"stale_after": 5, "moon": {"phase": [1, "full"]}, "tide": true})", key.policies);
    CHECK(key.policies.stale_after == seconds(5));
    CHECK_FALSE(key.is_usable_at(Timestamp{}));
    key.policies.stale_after = seconds(6);
    CHECK(fields::stored_policies(key.policies) ==
          R"({"stale_after":6,"moon":{"phase":[1,"full"]},"tide":true})");
    key.policies.stale_after.reset();
    CHECK(fields::stored_policies(key.policies) == R"({"moon":{"phase":[1,"full"]},"tide":true})");
}

TEST_CASE("stored policies that cannot be read are an error, never an open key") {
    for (const char* text : {"", "[]", "null", "{", R"({"stale_after":"5"})",
                             R"({"stale_after":1.5})", R"({"stale_after":1,"stale_after":2})"}) {
        CAPTURE(text);
        StreamKeyPolicies policies;
        CHECK_THROWS_AS(fields::read_stored_policies(text, policies), json::BadValue);
    }
}
