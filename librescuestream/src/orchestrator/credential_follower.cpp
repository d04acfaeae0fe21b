#include "orchestrator/credential_follower.hpp"

#include <utility>

#include "rescuestream/logger.hpp"
#include "rules/credential.hpp"
#include "support/crypto.hpp"
#include "support/sealing.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Time between two checks without a notification.
constexpr milliseconds kCheckInterval{400};
// Notifications that follow each other quickly cause one reading.
constexpr milliseconds kCheckSpacing{25};
// A credential that another server revoked meanwhile must not be accepted for ever.
constexpr seconds kLongestBlindness{10};
constexpr seconds kBetweenWritesOfUse{60};

bool is_same_digest(const KeyDigest& one, const KeyDigest& other) {
    return constant_time_equal({reinterpret_cast<const char*>(one.data()), one.size()},
                               {reinterpret_cast<const char*>(other.data()), other.size()});
}

}  // namespace

Secret csrf_token_of(std::string_view token) {
    return Secret(to_hex(hmac_sha256(token, "rescuestream csrf")));
}

CredentialFollower::CredentialFollower(CredentialStorage& storage, const Clock& clock,
                                       Logger& logger, Secret installation)
    : storage_(storage),
      clock_(clock),
      logger_(logger),
      installation_(std::move(installation)),
      nobody_(generate_key_value(system_random())),
      worker_("credentials", {kCheckInterval, kCheckSpacing}, logger) {}

CredentialFollower::~CredentialFollower() {
    stop();
}

void CredentialFollower::start() {
    worker_.start([this] {
        read_changes();
        write_uses(false);
    });
}

void CredentialFollower::stop() {
    if (worker_.stop()) write_uses(true);
}

void CredentialFollower::invalidate() {
    worker_.wake();
}

void CredentialFollower::refresh() {
    read_changes();
}

void CredentialFollower::read_changes() {
    const std::lock_guard reading(reading_);
    std::int64_t version = 0;
    {
        const std::lock_guard lock(mutex_);
        version = version_;
    }
    const Instant begun = clock_.steady_now();
    auto found = storage_.credential_facts_unless(version);
    if (!found) {
        logger_.debug("credentials cannot be read", {{"error", found.error().message}});
        return;
    }
    std::unordered_map<std::string, Entry> entries;
    if (*found) {
        for (auto& row : (*found)->rows) {
            auto id = row.credential.id.value;
            entries[std::move(id)] = {
                std::make_shared<const ApiCredential>(std::move(row.credential)),
                std::move(row.secret), std::move(row.previous)};
        }
    }
    const std::lock_guard lock(mutex_);
    confirmed_at_ = begun;
    if (!*found) return;
    entries_ = std::move(entries);
    sessions_.clear();
    for (auto& session : (*found)->sessions) sessions_[session.digest] = session;
    version_ = (*found)->version;
    std::erase_if(uses_, [this](const auto& use) { return !entries_.contains(use.first); });
}

void CredentialFollower::write_uses(bool all) {
    std::vector<ApiCredentialUse> uses;
    {
        const std::lock_guard lock(mutex_);
        const Instant now = clock_.steady_now();
        for (auto& [id, use] : uses_) {
            const bool is_due = all || !use.tried || now - *use.tried >= kBetweenWritesOfUse;
            if (use.is_written || !is_due) continue;
            use.is_written = true;
            use.tried = now;
            uses.push_back({ApiCredentialId{id}, use.at, use.address});
        }
    }
    if (uses.empty()) return;
    const auto written = storage_.note_credential_uses(uses);
    if (written) return;
    logger_.debug("uses of credentials cannot be stored", {{"error", written.error().message}});
    const std::lock_guard lock(mutex_);
    for (const auto& use : uses) {
        if (const auto found = uses_.find(use.id.value); found != uses_.end()) {
            found->second.is_written = false;
        }
    }
}

bool CredentialFollower::is_known() {
    if (!worker_.is_running()) read_changes();
    const std::lock_guard lock(mutex_);
    return confirmed_at_ && clock_.steady_now() - *confirmed_at_ <= kLongestBlindness;
}

CredentialFollower::Entry CredentialFollower::find(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    return found == entries_.end() ? Entry{} : found->second;
}

CheckedCredential CredentialFollower::judged(const Entry& entry, std::string_view address) {
    const Timestamp now = clock_.now();
    const auto outcome = rules::judge_credential(*entry.credential, address, now);
    if (outcome == CredentialCheckOutcome::kGood) {
        const std::lock_guard lock(mutex_);
        Use& use = uses_[entry.credential->id.value];
        use.at = now;
        use.address = address;
        use.is_written = false;
    }
    return {outcome, entry.credential};
}

CheckedCredential CredentialFollower::check(std::string_view text, std::string_view address) {
    const auto parts = split_credential(text);
    if (!parts) return {};
    if (!is_known()) return {CredentialCheckOutcome::kUnavailable, nullptr};
    const Entry entry = find(parts->id.value);
    if (!has_secret(entry, digest_key_value(text))) return {};
    return judged(entry, address);
}

bool CredentialFollower::has_secret(const Entry& entry, const KeyDigest& digest) const {
    const bool is_present = is_same_digest(digest, entry.secret.digest);
    const bool is_previous =
        is_same_digest(digest, entry.previous ? entry.previous->digest : KeyDigest{}) &&
        entry.previous && entry.credential->previous_secret_expires_at &&
        clock_.now() < *entry.credential->previous_secret_expires_at;
    return entry.credential && (is_present || is_previous);
}

CheckedSession CredentialFollower::check_session(std::string_view token, std::string_view address,
                                                 const Secret& shared) {
    CheckedSession checked;
    if (!is_known()) {
        checked.outcome = CredentialCheckOutcome::kUnavailable;
        return checked;
    }
    std::optional<ApiSession> session;
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(digest_key_value(token));
        if (found != sessions_.end()) session = found->second;
    }
    if (!session || session->expires_at <= clock_.now()) return checked;
    if (session->credential_id.value.empty()) {
        const bool is_shared = !shared.empty() && is_same_digest(digest_key_value(shared.reveal()),
                                                                 session->secret_digest);
        if (is_shared) checked.outcome = CredentialCheckOutcome::kGood;
    } else {
        const Entry entry = find(session->credential_id.value);
        if (!has_secret(entry, session->secret_digest)) return checked;
        static_cast<CheckedCredential&>(checked) = judged(entry, address);
    }
    checked.csrf_token = csrf_token_of(token);
    checked.expires_at = session->expires_at;
    return checked;
}

CheckedCredential CredentialFollower::check_signature(
    std::string_view id, std::string_view address, const std::function<bool(const Secret&)>& fits) {
    if (!is_known()) return {CredentialCheckOutcome::kUnavailable, nullptr};
    const Entry entry = find(std::string(id));
    const std::string purpose = "credential\n" + std::string(id);
    const auto fits_sealed = [&](const std::string& sealed) {
        const auto secret = unseal(installation_, purpose, sealed);
        return fits(secret ? *secret : nobody_) && secret.has_value();
    };
    const bool by_present = fits_sealed(entry.secret.sealed);
    const bool has_previous = entry.previous && entry.credential->previous_secret_expires_at &&
                              clock_.now() < *entry.credential->previous_secret_expires_at;
    const bool by_previous = has_previous && fits_sealed(entry.previous->sealed);
    if (!entry.credential || (!by_present && !by_previous)) return {};
    return judged(entry, address);
}

void CredentialFollower::add_uses(std::vector<ApiCredential>& credentials) const {
    const std::lock_guard lock(mutex_);
    for (auto& credential : credentials) {
        const auto use = uses_.find(credential.id.value);
        if (use == uses_.end()) continue;
        if (credential.last_used_at && *credential.last_used_at >= use->second.at) continue;
        credential.last_used_at = use->second.at;
        credential.last_used_address = use->second.address;
    }
}

}  // namespace rescuestream
