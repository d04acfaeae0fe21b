#include "orchestrator/api_credentials.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fields/api_credential.hpp"
#include "fields/check.hpp"
#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/credential_follower.hpp"
#include "orchestrator/visibility.hpp"
#include "rescuestream/settings.hpp"
#include "rules/credential.hpp"
#include "support/crypto.hpp"
#include "support/key_form.hpp"
#include "support/sealing.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace {

constexpr auto kMostBroadcasters = static_cast<std::size_t>(fields::kCredentialBroadcasters.max);
constexpr std::chrono::seconds kLongestSecretOverlap{std::chrono::hours(24 * 30)};

constexpr std::chrono::hours kSessionLife{12};

ApiCredentialId new_credential_id(RandomSource& random) {
    constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
    std::array<std::uint8_t, 12> bytes{};
    random.fill(bytes);
    ApiCredentialId id;
    for (const auto byte : bytes) id.value += kAlphabet[byte % kAlphabet.size()];
    return id;
}

void check_reset(Validation& validation, const ApiCredentialPatch& patch) {
    const auto allowed = fields::resettable_credential_fields();
    for (std::size_t i = 0; i < patch.reset.size(); ++i) {
        const std::string& name = patch.reset[i];
        const bool is_good = std::find(allowed.begin(), allowed.end(), name) != allowed.end() &&
                             !fields::is_given(patch, name);
        if (is_good) continue;
        validation.add("/reset/" + std::to_string(i),
                       "must be " + listed(allowed) + ", and not one that is given too");
    }
}

// An empty list is the form in which the record has no limit, so it is not checked.
template <class Input>
void check_given(const Input& input, Validation& validation, Timestamp now) {
    const fields::Check check(validation, now);
    fields::for_each_field(input, [&](const Field& field, const auto& member) {
        using Member = std::decay_t<decltype(member)>;
        if constexpr (std::is_same_v<Member, std::vector<AddressRange>> ||
                      std::is_same_v<Member, std::vector<BroadcasterId>>) {
            if (member.empty()) return;
        }
        check(field, member);
    });
}

// Lists for a restricted credential are merged from those of its broadcasters.
std::vector<BroadcasterId> distinct(std::vector<BroadcasterId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

AuditEntry session_entry(std::string_view action, const Caller& caller, Timestamp at,
                         RandomSource& random) {
    const std::string id = caller.credential ? caller.credential->id.value : std::string();
    AuditEntry entry = make_audit_entry({action, "session", id, {}}, caller, at, random);
    if (id.empty()) entry.resource_id.reset();
    return entry;
}

Error no_credential() {
    return {ErrorCode::kNotFound, kUnseenCredential, {}, {}};
}

}  // namespace

Secret ApiCredentials::new_text(const ApiCredentialId& id, StoredSecret& stored) const {
    std::array<std::uint8_t, 32> bytes{};
    d_.random.fill(bytes);
    const Secret secret(base64url_encode(bytes));
    Secret text(std::string(kCredentialPrefix) + id.value + "_" + secret.reveal());
    stored.digest = digest_key_value(text.reveal());
    stored.sealed =
        seal(d_.settings.control_secret, "credential\n" + id.value, secret.reveal(), d_.random);
    return text;
}

AuditDraft ApiCredentials::draft(std::string_view action, const ApiCredential& credential,
                                 const Caller& caller, Timestamp at) const {
    std::string scopes;
    for (const Scope scope : credential.scopes.all()) {
        if (!scopes.empty()) scopes += ' ';
        scopes += to_string(scope);
    }
    const std::string id = credential.id.value;
    if (scopes.empty())
        return make_audit_draft({action, "credential", id, {}}, caller, at, d_.random);
    return make_audit_draft({action, "credential", id, {{"scopes", scopes}}}, caller, at,
                            d_.random);
}

Result<void> ApiCredentials::check_broadcasters(const std::vector<BroadcasterId>& ids,
                                                Validation& validation) const {
    for (std::size_t i = 0; i < ids.size() && i < kMostBroadcasters; ++i) {
        const auto found = d_.storage.find_broadcaster(ids[i]);
        if (found) continue;
        if (found.error().code != ErrorCode::kNotFound) return found.error();
        validation.add("/broadcasters/" + std::to_string(i), "names no broadcaster");
    }
    return {};
}

Result<CreatedApiCredential> ApiCredentials::create_credential(const NewApiCredential& input,
                                                               const Caller& caller) {
    const Timestamp at = d_.clock.now();
    Validation validation;
    check_given(input, validation, at);
    // Whoever is restricted does not learn which others exist; rules::exceeds refuses them.
    if (!is_restricted(caller.credential.get())) {
        auto read = check_broadcasters(input.broadcasters, validation);
        if (!read) return read.error();
    }
    if (validation.failed()) return std::move(validation).error();

    ApiCredentialRow row;
    ApiCredential& credential = row.credential;
    const ApiCredentialMembers<AsValue>& members = input;
    static_cast<ApiCredentialMembers<AsValue>&>(credential) = members;
    credential.broadcasters = distinct(std::move(credential.broadcasters));
    credential.id = new_credential_id(d_.random);
    credential.account = ApiCredentialId{limited_account(caller.credential.get())};
    credential.made_by = caller.actor;
    credential.created_at = credential.updated_at = at;
    credential.expires_at = input.expires_at;
    if (auto error = rules::exceeds(caller.credential.get(), credential)) return *std::move(error);
    Secret text = new_text(credential.id, row.secret);
    const auto stored = d_.storage.create_credential(row, draft("create", credential, caller, at));
    if (!stored) return stored.error();
    follower_.refresh();
    return CreatedApiCredential{std::move(credential), std::move(text)};
}

Result<std::vector<ApiCredential>> ApiCredentials::list_credentials(const ApiCredential* reader) {
    auto all = d_.storage.list_credentials();
    if (!all) return all;
    if (reader != nullptr && reader->is_restricted()) {
        std::erase_if(*all, [&](const ApiCredential& each) {
            return each.broadcasters.empty() ||
                   !std::all_of(each.broadcasters.begin(), each.broadcasters.end(),
                                [&](BroadcasterId id) { return reader->covers(id); });
        });
    }
    for (auto& each : *all) each.made_by = visible_actor(std::move(each.made_by), reader);
    follower_.add_uses(*all);
    return all;
}

Result<ApiCredential> ApiCredentials::find_credential(const ApiCredentialId& id,
                                                      const ApiCredential* reader) {
    auto all = list_credentials(reader);
    if (!all) return std::move(all).error();
    for (auto& each : *all) {
        if (each.id == id) return std::move(each);
    }
    return no_credential();
}

// A row that cannot be read is in no list and can be removed nevertheless: the storage knows
// whether there is one. What a restricted caller may not see does not exist for it.
Result<ApiCredential> ApiCredentials::find_for_change(const ApiCredentialId& id,
                                                      const Caller& caller) {
    auto found = find_credential(id, caller.credential.get());
    if (found || found.error().code != ErrorCode::kNotFound ||
        is_restricted(caller.credential.get())) {
        return found;
    }
    ApiCredential unseen;
    unseen.id = id;
    return unseen;
}

Result<ApiCredential> ApiCredentials::update_credential(const ApiCredentialId& id,
                                                        const ApiCredentialPatch& patch,
                                                        const Caller& caller) {
    const Timestamp at = d_.clock.now();
    Validation validation;
    check_given(patch, validation, at);
    if (patch.broadcasters && !is_restricted(caller.credential.get())) {
        auto read = check_broadcasters(*patch.broadcasters, validation);
        if (!read) return read.error();
    }
    check_reset(validation, patch);
    if (validation.failed()) {
        auto found = find_credential(id, caller.credential.get());
        return found ? std::move(validation).error() : found.error();
    }
    ApiCredentialPatch stored = patch;
    if (stored.broadcasters) stored.broadcasters = distinct(*std::move(stored.broadcasters));
    return change("update", id, {std::move(stored), false, {}, {}}, caller, at);
}

Result<CreatedApiCredential> ApiCredentials::rotate_credential(const ApiCredentialId& id,
                                                               std::chrono::seconds overlap,
                                                               const Caller& caller) {
    const Timestamp at = d_.clock.now();
    Validation validation;
    validation.duration("/overlap_seconds", overlap, std::chrono::seconds(0),
                        kLongestSecretOverlap);
    if (validation.failed()) return std::move(validation).error();

    ApiCredentialChange::Rotation rotation;
    Secret text = new_text(id, rotation.secret);
    if (overlap.count() > 0) rotation.overlap_until = at + overlap;
    auto changed = change("rotate", id, {{}, false, std::move(rotation), {}}, caller, at);
    if (!changed) return std::move(changed).error();
    return CreatedApiCredential{*std::move(changed), std::move(text)};
}

Result<ApiCredential> ApiCredentials::revoke_credential(const ApiCredentialId& id,
                                                        const Caller& caller) {
    return change("revoke", id, {{}, true, {}, {}}, caller, d_.clock.now());
}

Result<void> ApiCredentials::delete_credential(const ApiCredentialId& id, const Caller& caller) {
    const auto found = find_for_change(id, caller);
    if (!found) return found.error();
    auto deleted = d_.storage.delete_credential(id, caller.credential,
                                                draft("delete", *found, caller, d_.clock.now()));
    if (deleted) follower_.refresh();
    return deleted;
}

Result<ApiCredential> ApiCredentials::change(std::string_view action, const ApiCredentialId& id,
                                             ApiCredentialChange change, const Caller& caller,
                                             Timestamp at) {
    const auto found = find_for_change(id, caller);
    if (!found) return found.error();
    ApiCredential named;
    named.id = id;
    named.scopes = change.scopes.value_or(Scopes{});
    change.by = caller.credential;
    auto changed = d_.storage.change_credential(id, change, at, draft(action, named, caller, at));
    if (!changed) return changed;
    follower_.refresh();
    changed->made_by = visible_actor(std::move(changed->made_by), caller.credential.get());
    std::vector<ApiCredential> shown{*std::move(changed)};
    follower_.add_uses(shown);
    return std::move(shown.front());
}

Result<CreatedSession> ApiCredentials::create_session(const Secret& secret, const Caller& caller) {
    if (secret.empty()) {
        return Error{ErrorCode::kInvalidArgument,
                     "A session is made with the credential itself, in Authorization or X-API-Key.",
                     {},
                     {}};
    }
    const Timestamp at = d_.clock.now();
    std::array<std::uint8_t, 32> bytes{};
    d_.random.fill(bytes);
    CreatedSession made;
    made.token = Secret(base64url_encode(bytes));
    made.csrf_token = csrf_token_of(made.token.reveal());
    made.expires_at = at + kSessionLife;
    ApiSession session;
    session.digest = digest_key_value(made.token.reveal());
    if (caller.credential) session.credential_id = caller.credential->id;
    session.secret_digest = digest_key_value(secret.reveal());
    session.created_at = at;
    session.expires_at = made.expires_at;
    const auto stored =
        d_.storage.create_session(session, session_entry("login", caller, at, d_.random));
    if (!stored) return stored.error();
    follower_.refresh();
    return made;
}

Result<void> ApiCredentials::end_session(std::string_view token, const Caller& caller) {
    auto ended = d_.storage.delete_session(
        digest_key_value(token), session_entry("logout", caller, d_.clock.now(), d_.random));
    if (ended) follower_.refresh();
    return ended;
}

Result<bool> ApiCredentials::may_use_nonce(std::string_view nonce, Timestamp expires_at) {
    // A signature is never such a text.
    return d_.storage.use_nonce(sha256(std::string("nonce\n").append(nonce)), d_.clock.now(),
                                expires_at);
}

}  // namespace rescuestream
