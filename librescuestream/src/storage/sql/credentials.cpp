#include "storage/sql/credentials.hpp"

#include <algorithm>
#include <utility>

#include "rules/conditions.hpp"
#include "rules/credential.hpp"
#include "storage/credential_change.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/room.hpp"
#include "storage/sql/credential_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/step_parts.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sql {
namespace {

constexpr RowSource kCredentialRows{"credentials", &kCredentialColumns};
constexpr int kColumnsBeforeFact = 1;
constexpr RowSource kFactRows{"credentials", &kCredentialColumns, kColumnsBeforeFact};
constexpr RowSource kSessionsOfBrowsers{"credential_sessions", &kBrowserSessionColumns};
// One call in this number removes expired ones, several times as many as were added since.
constexpr std::uint32_t kNoncesPerRemoval = 16;

template <class T, class ToText>
std::string join_words(const std::vector<T>& items, ToText to_text) {
    std::string words;
    for (const auto& item : items) {
        if (!words.empty()) words += ' ';
        words += to_text(item);
    }
    return words;
}

// Calls `take(word)` for each word.
template <class Take>
void for_each_word(std::string_view words, Take take) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        take(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
}

// Unknown scopes are those of a newer release: without them the credential permits less.
Scopes read_scopes(const std::string& words) {
    Scopes scopes;
    for_each_word(words, [&](std::string_view word) {
        if (const auto scope = parse_enum<Scope>(word)) scopes.add(*scope);
    });
    return scopes;
}

// A restriction that is not understood must not be left out.
template <class T, class Parse>
std::vector<T> read_words(const std::string& words, Parse parse) {
    std::vector<T> items;
    for_each_word(words, [&](std::string_view word) {
        auto item = parse(word);
        if (!item) throw Failure{Failure::Kind::kDefect, "a restriction is not understood"};
        items.push_back(*std::move(item));
    });
    return items;
}

ApiCredentialRow read_credential(RowReader row) {
    ApiCredentialRow read;
    ApiCredential& credential = read.credential;
    credential.id = ApiCredentialId{row.text()};
    credential.label = row.text();
    credential.scopes = read_scopes(row.text());
    credential.allowed_addresses = row.parsed([](const std::string& words) {
        return read_words<AddressRange>(words, AddressRange::parse);
    });
    credential.broadcasters = row.parsed([](const std::string& words) {
        return read_words<BroadcasterId>(words, BroadcasterId::parse);
    });
    credential.made_by = row.text();
    credential.created_at = row.time();
    credential.updated_at = row.time();
    credential.expires_at = row.optional_time();
    credential.revoked_at = row.optional_time();
    read.secret.digest = row.digest();
    read.secret.sealed = row.text();
    if (row.at_null()) {
        row.skip(2);
    } else {
        StoredSecret& previous = read.previous.emplace();
        previous.digest = row.digest();
        previous.sealed = row.text();
    }
    credential.previous_secret_expires_at = row.optional_time();
    credential.last_used_at = row.optional_time();
    credential.last_used_address = row.text();
    credential.account = ApiCredentialId{row.text()};
    return read;
}

// Locked until the end of the transaction. Empty: there is none.
std::optional<Lenient<ApiCredentialRow>> lock_credential(Connection& connection,
                                                         const Dialect& dialect,
                                                         const ApiCredentialId& id) {
    return read_first_leniently(*connection.run(kFindCredential + dialect.lock_row, {id.value}),
                                kCredentialRows, read_credential);
}

// The parameters of kUpdateCredential.
Values values_of_change(const ApiCredentialRow& row) {
    const ApiCredential& credential = row.credential;
    return {credential.id.value,
            credential.label,
            join_words(credential.scopes.all(),
                       [](Scope scope) { return std::string(to_string(scope)); }),
            join_words(credential.allowed_addresses,
                       [](const AddressRange& range) { return range.text(); }),
            join_words(credential.broadcasters, [](BroadcasterId id) { return id.to_string(); }),
            credential.made_by,
            credential.created_at,
            credential.updated_at,
            nullable(credential.expires_at),
            nullable(credential.revoked_at),
            row.secret.digest,
            row.secret.sealed,
            row.previous ? Value(row.previous->digest) : Value(),
            row.previous ? Value(row.previous->sealed) : Value(),
            nullable(credential.previous_secret_expires_at)};
}

ApiSession read_api_session(RowReader row) {
    ApiSession session;
    session.digest = row.digest();
    session.credential_id = ApiCredentialId{row.text()};
    session.secret_digest = row.digest();
    session.created_at = row.time();
    session.expires_at = row.time();
    return session;
}

}  // namespace

Result<void> SqlCredentials::create_credential(const ApiCredentialRow& row,
                                               const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        // First, because it locks: two callers must not both create the last one.
        connection.run(kNumberCredentialChange, {});
        const std::string& account = audit.conditions().account;
        const auto counted =
            connection.run(kCountCredentials, {count_of(kMostCredentials), account});
        if (auto room = check_room(read_occupancy(*counted), kMostCredentials, account,
                                   {kTooManyCredentials, kTooManyCredentialsOfLimited});
            !room) {
            return room;
        }
        Values values = values_of_change(row);
        values.emplace_back(nullable(row.credential.last_used_at));
        values.emplace_back(row.credential.last_used_address);
        values.emplace_back(row.credential.account.value);
        connection.run(kInsertCredential, values);
        write_audit(connection, audit.with_label(row.credential.label));
        return {};
    }));
}

Result<std::vector<ApiCredential>> SqlCredentials::list_credentials() {
    using Credentials = std::vector<ApiCredential>;
    return read<Credentials>([&](Connection& connection) -> Result<Credentials> {
        return read_readable(*connection.run(kListCredentials, {}), kCredentialRows, unreadable(),
                             [](RowReader row) { return read_credential(row).credential; });
    });
}

Result<ApiCredential> SqlCredentials::change_credential(const ApiCredentialId& id,
                                                        const ApiCredentialChange& change,
                                                        Timestamp now, const AuditDraft& audit) {
    return told(write<ApiCredential>([&](Connection& connection) -> Result<ApiCredential> {
        auto found = lock_credential(connection, dialect(), id);
        if (!found) return not_found(kNoCredential);
        // What is left out of a credential that cannot be read must not extend it.
        if (!change.revoke) found->require_readable();
        ApiCredentialRow* const row = &found->record;
        if (auto same = rules::check_conditions(audit, row->credential); !same) return same.error();
        const auto changed = apply_credential_change(*row, change, now);
        if (!changed) return changed.error();
        if (*changed) {
            connection.run(kNumberCredentialChange, {});
            connection.run(kUpdateCredential, values_of_change(*row));
            write_audit(connection, audit.with_label(row->credential.label));
        }
        return std::move(row->credential);
    }));
}

Result<void> SqlCredentials::delete_credential(const ApiCredentialId& id,
                                               const std::shared_ptr<const ApiCredential>& by,
                                               const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        const auto found = lock_credential(connection, dialect(), id);
        if (!found) return not_found(kNoCredential);
        const ApiCredentialRow* const row = &found->record;
        if (auto error = rules::exceeds(by.get(), row->credential)) return *std::move(error);
        if (auto same = rules::check_conditions(audit, row->credential); !same) return same.error();
        connection.run(kNumberCredentialChange, {});
        connection.run(kDeleteCredential, {id.value});
        write_audit(connection, audit.with_label(row->credential.label));
        return {};
    }));
}

Result<std::optional<ApiCredentialFacts>> SqlCredentials::credential_facts_unless(
    std::int64_t version) {
    using Facts = std::optional<ApiCredentialFacts>;
    return read<Facts>([&](Connection& connection) -> Result<Facts> {
        if (connection.run(kCredentialChangeNumber, {})->integer(0, 0) == version) return Facts();
        const auto rows = connection.run(kCredentialFacts, {});
        ApiCredentialFacts facts;
        facts.version = rows->integer(0, 0);
        // Read later, so it may be newer: then the next call returns it again.
        facts.sessions = read_readable(*connection.run(kListSessions, {}), kSessionsOfBrowsers,
                                       unreadable(), read_api_session);
        if (rows->is_null(0, kColumnsBeforeFact)) return Facts(std::move(facts));
        // One that cannot be read is none.
        facts.rows = read_readable(*rows, kFactRows, unreadable(), read_credential);
        return Facts(std::move(facts));
    });
}

Result<void> SqlCredentials::note_credential_uses(const std::vector<ApiCredentialUse>& uses) {
    // In one order on all servers, so that two of them do not wait for one another.
    auto ordered = uses;
    std::sort(ordered.begin(), ordered.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    return write<void>([&](Connection& connection) -> Result<void> {
        for (const auto& use : ordered) {
            connection.run(kNoteCredentialUse, {use.id.value, use.at, use.address});
        }
        return {};
    });
}

Result<void> SqlCredentials::create_session(const ApiSession& session, const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kNumberCredentialChange, {});
        connection.run(kDeleteExpiredSessions, {session.created_at});
        connection.run(kInsertSession,
                       {session.digest, session.credential_id.value, session.secret_digest,
                        session.created_at, session.expires_at});
        connection.run(kDeleteOldestSessions,
                       {session.credential_id.value, static_cast<std::int64_t>(kMostSessions)});
        write_audit(connection, audit.without_names());
        return {};
    }));
}

Result<void> SqlCredentials::delete_session(const KeyDigest& digest, const AuditDraft& audit) {
    return told(write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kNumberCredentialChange, {});
        if (connection.run(kDeleteSession, {digest})->size() == 0) return not_found(kNoSession);
        write_audit(connection, audit.without_names());
        return {};
    }));
}

Result<bool> SqlCredentials::use_nonce(const KeyDigest& digest, Timestamp now,
                                       Timestamp expires_at) {
    const bool removes = nonces_used_++ % kNoncesPerRemoval == 0;
    return write<bool>([&](Connection& connection) -> Result<bool> {
        if (removes) connection.run(remove_expired_signatures(dialect().skip_locked), {now});
        return connection.run(kUseNonce, {digest, now, expires_at})->size() > 0;
    });
}

}  // namespace rescuestream::sql
