#include "rescuestream/storage/credentials.hpp"

#include <latch>
#include <thread>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace credentials_test {

namespace {

struct CredentialsCase : StorageCase {
    static ApiCredentialRow make(const std::string& id, microseconds when = seconds(1)) {
        ApiCredentialRow row;
        row.credential.id = ApiCredentialId{id};
        row.credential.label = "Map \"x\" \xC3\xBC";
        row.credential.scopes = {Scope::kStreamsRead, Scope::kKeysWrite};
        row.credential.account = ApiCredentialId{"bbbbbbbbbbbb"};
        row.credential.made_by = "ada";
        row.credential.created_at = row.credential.updated_at = at(when);
        row.secret = {digest_key_value(id), "sealed " + id};
        return row;
    }
    void add_credential(const ApiCredentialRow& row) {
        REQUIRE(storage().create_credential(row, make_audit("create")));
    }
    Result<ApiCredential> change(const std::string& id, const ApiCredentialChange& change,
                                 microseconds when = seconds(5)) {
        return storage().change_credential(ApiCredentialId{id}, change, at(when),
                                           make_audit("update"));
    }
    ApiCredentialFacts facts() { return storage().credential_facts_unless(0).value().value(); }
    std::int64_t version() { return facts().version; }
};

std::vector<std::string> labels_in(const AuditPage& page) {
    std::vector<std::string> texts;
    for (const auto& entry : page.entries) texts.push_back(entry.metadata.text());
    return texts;
}

}  // namespace

TEST_CASE_FIXTURE(CredentialsCase, "a credential is listed and followed as it was created") {
    CHECK(storage().list_credentials().value().empty());
    CHECK(facts().rows.empty());
    ApiCredentialRow row = make("aaaaaaaaaaaa");
    row.credential.allowed_addresses = {AddressRange::parse("192.0.2.0/24").value(),
                                        AddressRange::parse("2001:db8::/32").value()};
    row.credential.broadcasters = {add_broadcaster().id, add_broadcaster().id};
    row.credential.expires_at = at(seconds(100));
    row.credential.previous_secret_expires_at = at(seconds(50));
    row.previous = StoredSecret{digest_key_value("before"), ""};
    row.credential.last_used_at = at(seconds(3));
    row.credential.last_used_address = "2001:db8::1";
    add_credential(row);
    const auto listed = storage().list_credentials().value();
    REQUIRE(listed.size() == 1);
    CHECK(listed.front() == row.credential);
    REQUIRE(facts().rows.size() == 1);
    CHECK(facts().rows.front() == row);
}

TEST_CASE_FIXTURE(CredentialsCase, "credentials are listed newest first") {
    add_credential(make("bbbbbbbbbbbb", seconds(1)));
    add_credential(make("aaaaaaaaaaaa", seconds(2)));
    add_credential(make("cccccccccccc", seconds(1)));
    const auto listed = storage().list_credentials().value();
    REQUIRE(listed.size() == 3);
    CHECK(listed[0].id.value == "aaaaaaaaaaaa");
    CHECK(listed[1].id.value == "cccccccccccc");
    CHECK(listed[2].id.value == "bbbbbbbbbbbb");
}

TEST_CASE_FIXTURE(CredentialsCase,
                  "each change has another number, and a reader without one has "
                  "everything") {
    const auto before = version();
    CHECK_FALSE(storage().credential_facts_unless(before).value().has_value());
    add_credential(make("aaaaaaaaaaaa"));
    const auto created = version();
    CHECK(created != before);
    ApiCredentialChange relabel;
    relabel.label = "Other";
    REQUIRE(change("aaaaaaaaaaaa", relabel));
    const auto changed = version();
    CHECK(changed != created);
    CHECK(
        storage().credential_facts_unless(created).value().value().rows.front().credential.label ==
        "Other");
    REQUIRE(storage().delete_credential(ApiCredentialId{"aaaaaaaaaaaa"}, nullptr,
                                        make_audit("delete")));
    CHECK(version() != changed);
    CHECK(facts().rows.empty());
    CHECK_FALSE(storage().credential_facts_unless(version()).value().has_value());
}

TEST_CASE_FIXTURE(CredentialsCase, "a change sets what it has and keeps the rest") {
    ApiCredentialRow row = make("aaaaaaaaaaaa");
    row.credential.expires_at = at(seconds(100));
    row.credential.allowed_addresses = {AddressRange::parse("192.0.2.7").value()};
    add_credential(row);
    ApiCredentialChange edit;
    edit.scopes = Scopes{Scope::kAdmin};
    edit.reset = {"expires_at"};
    const auto changed = change("aaaaaaaaaaaa", edit).value();
    CHECK(changed.scopes == Scopes{Scope::kAdmin});
    CHECK_FALSE(changed.expires_at);
    CHECK(changed.allowed_addresses == row.credential.allowed_addresses);
    CHECK(changed.label == row.credential.label);
    CHECK(changed.updated_at == at(seconds(5)));
    CHECK(storage().list_credentials().value().front() == changed);
    CHECK(facts().rows.front().secret == row.secret);
}

TEST_CASE_FIXTURE(CredentialsCase, "a change without an effect is not written") {
    add_credential(make("aaaaaaaaaaaa"));
    const auto before = version();
    const auto audited = audit_count();
    ApiCredentialChange same;
    same.scopes = Scopes{Scope::kStreamsRead, Scope::kKeysWrite};
    CHECK(change("aaaaaaaaaaaa", same).value().updated_at == at(seconds(1)));
    CHECK(version() == before);
    CHECK(audit_count() == audited);
}

TEST_CASE_FIXTURE(CredentialsCase,
                  "a rotation with overlap keeps the previous secret, and the next "
                  "one without overlap keeps none") {
    const ApiCredentialRow row = make("aaaaaaaaaaaa");
    add_credential(row);
    ApiCredentialChange rotate;
    rotate.rotation =
        ApiCredentialChange::Rotation{{digest_key_value("2"), "two"}, at(seconds(60))};
    CHECK(change("aaaaaaaaaaaa", rotate).value().previous_secret_expires_at == at(seconds(60)));
    ApiCredentialRow stored = facts().rows.front();
    CHECK(stored.secret == StoredSecret{digest_key_value("2"), "two"});
    CHECK(stored.previous == row.secret);
    rotate.rotation = ApiCredentialChange::Rotation{{digest_key_value("3"), ""}, std::nullopt};
    CHECK_FALSE(change("aaaaaaaaaaaa", rotate).value().previous_secret_expires_at);
    stored = facts().rows.front();
    CHECK(stored.secret == StoredSecret{digest_key_value("3"), ""});
    CHECK_FALSE(stored.previous);
}

TEST_CASE_FIXTURE(CredentialsCase, "a revoked credential stays revoked and cannot be changed") {
    add_credential(make("aaaaaaaaaaaa"));
    ApiCredentialChange revoke;
    revoke.revoke = true;
    CHECK(change("aaaaaaaaaaaa", revoke, seconds(7)).value().revoked_at == at(seconds(7)));
    const auto before = version();
    CHECK(change("aaaaaaaaaaaa", revoke, seconds(8)).value().revoked_at == at(seconds(7)));
    CHECK(version() == before);
    ApiCredentialChange relabel;
    relabel.label = "Other";
    CHECK(code_of(change("aaaaaaaaaaaa", relabel)) == ErrorCode::kConflict);
}

TEST_CASE_FIXTURE(CredentialsCase, "nobody changes or deletes a credential with more rights") {
    add_credential(make("aaaaaaaaaaaa"));
    auto weaker = std::make_shared<ApiCredential>();
    weaker->scopes = {Scope::kCredentialsWrite, Scope::kStreamsRead};
    ApiCredentialChange edit;
    edit.label = "Mine";
    edit.by = weaker;
    const auto before = version();
    CHECK(code_of(change("aaaaaaaaaaaa", edit)) == ErrorCode::kForbidden);
    CHECK(code_of(storage().delete_credential(ApiCredentialId{"aaaaaaaaaaaa"}, weaker,
                                              make_audit("delete"))) == ErrorCode::kForbidden);
    CHECK(version() == before);
    weaker->scopes.add(Scope::kKeysWrite);
    CHECK(change("aaaaaaaaaaaa", edit).value().label == "Mine");
    edit.scopes = Scopes{Scope::kAdmin};
    CHECK(code_of(change("aaaaaaaaaaaa", edit)) == ErrorCode::kForbidden);
    CHECK(facts().rows.front().credential.scopes == Scopes{Scope::kStreamsRead, Scope::kKeysWrite});
}

TEST_CASE_FIXTURE(CredentialsCase, "an unknown credential is not found, and a used id is refused") {
    ApiCredentialChange edit;
    edit.label = "X";
    CHECK(code_of(change("aaaaaaaaaaaa", edit)) == ErrorCode::kNotFound);
    CHECK(code_of(storage().delete_credential(ApiCredentialId{"aaaaaaaaaaaa"}, nullptr,
                                              make_audit("delete"))) == ErrorCode::kNotFound);
    add_credential(make("aaaaaaaaaaaa"));
    const auto before = version();
    CHECK(code_of(storage().create_credential(make("aaaaaaaaaaaa"), make_audit())) ==
          ErrorCode::kInternal);
    CHECK(version() == before);
}

TEST_CASE_FIXTURE(CredentialsCase, "the audit entry of a change has the label of the credential") {
    add_credential(make("aaaaaaaaaaaa"));
    const auto labels = labels_in(storage().list_audit({}).value());
    REQUIRE(labels.size() == 1);
    CHECK(labels.front().find("\"label\":\"Map \\\"x\\\" \xC3\xBC\"") != std::string::npos);
}

TEST_CASE_FIXTURE(CredentialsCase, "the last use is the latest that was noted, and no change") {
    add_credential(make("aaaaaaaaaaaa"));
    const auto before = version();
    const ApiCredentialId id{"aaaaaaaaaaaa"};
    REQUIRE(storage().note_credential_uses({}));
    REQUIRE(storage().note_credential_uses(
        {{id, at(seconds(20)), "192.0.2.2"}, {ApiCredentialId{"zzzzzzzzzzzz"}, at({}), ""}}));
    REQUIRE(storage().note_credential_uses({{id, at(seconds(10)), "192.0.2.1"}}));
    const auto listed = storage().list_credentials().value();
    CHECK(listed.front().last_used_at == at(seconds(20)));
    CHECK(listed.front().last_used_address == "192.0.2.2");
    CHECK(version() == before);
}

TEST_CASE_FIXTURE(CredentialsCase, "changes at the same time have different numbers") {
    constexpr int kThreads = 6;
    const auto before = version();
    std::latch start(kThreads);
    std::vector<Result<void>> done(kThreads, Result<void>(Error{}));
    std::vector<AuditEntry> audits;
    for (int i = 0; i < kThreads; ++i) audits.push_back(make_audit());
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            const auto index = static_cast<std::size_t>(i);
            const auto row = make(std::string(11, 'a') + static_cast<char>('b' + i));
            start.arrive_and_wait();
            done[index] = storage().create_credential(row, audits[index]);
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& result : done) CHECK(result);
    CHECK(version() == before + kThreads);
    CHECK(facts().rows.size() == kThreads);
}

TEST_CASE_FIXTURE(CredentialsCase, "a nonce is used once until it expires") {
    const auto use = [&](const char* nonce, microseconds now) {
        return storage().use_nonce(digest_key_value(nonce), at(now), at(seconds(300))).value();
    };
    CHECK(use("a", seconds(1)));
    CHECK_FALSE(use("a", seconds(1)));
    CHECK_FALSE(use("a", seconds(299)));
    CHECK(use("b", seconds(2)));
    for (int i = 0; i < 40; ++i) use(("n" + std::to_string(i)).c_str(), seconds(301));
    CHECK(use("a", seconds(301)));
}

TEST_CASE_FIXTURE(CredentialsCase, "of callers that use one nonce at once, one is the first") {
    constexpr int kThreads = 8;
    std::latch start(kThreads);
    std::vector<Result<bool>> answers(kThreads, Result<bool>(Error{}));
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            answers[static_cast<std::size_t>(i)] =
                storage().use_nonce(digest_key_value("race"), at(seconds(i)), at(seconds(300)));
        });
    }
    for (auto& thread : threads) thread.join();
    int firsts = 0;
    for (const auto& answer : answers) firsts += answer.value() ? 1 : 0;
    CHECK(firsts == 1);
}

TEST_CASE_FIXTURE(CredentialsCase,
                  "a session is followed until it is deleted, expired or one of "
                  "too many") {
    const auto make_session = [](const std::string& name, microseconds when) {
        ApiSession session;
        session.digest = digest_key_value(name);
        session.credential_id = ApiCredentialId{"aaaaaaaaaaaa"};
        session.secret_digest = digest_key_value("secret");
        session.created_at = at(when);
        session.expires_at = at(when + seconds(100));
        return session;
    };
    const auto create = [&](const ApiSession& session) {
        return storage().create_session(session, make_audit("login"));
    };
    const auto before = version();
    const ApiSession first = make_session("first", seconds(1));
    REQUIRE(create(first));
    CHECK(version() != before);
    CHECK(facts().sessions == std::vector<ApiSession>{first});
    REQUIRE(storage().delete_session(first.digest, make_audit("logout")));
    CHECK(facts().sessions.empty());
    CHECK(code_of(storage().delete_session(first.digest, make_audit("logout"))) ==
          ErrorCode::kNotFound);
    REQUIRE(create(first));
    const ApiSession later = make_session("later", seconds(101));
    REQUIRE(create(later));
    CHECK(facts().sessions == std::vector<ApiSession>{later});
    for (std::size_t i = 0; i < kMostSessions; ++i) {
        REQUIRE(create(make_session("n" + std::to_string(i), seconds(110 + i))));
    }
    const auto sessions = facts().sessions;
    CHECK(sessions.size() == kMostSessions);
    for (const auto& session : sessions) CHECK_FALSE(session == later);
}

}  // namespace credentials_test
