#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "orchestrator/worker.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/storage/credentials.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

class Logger;

/// Returns what a changing request with this session must have, too. It follows from the token, so
/// that it needs no place of its own.
Secret csrf_token_of(std::string_view token);

/// Checks credentials from memory. It follows the credentials of the storage: it reads them when it
/// is notified of a change, and checks at regular intervals whether there was one. It also stores
/// when credentials were last used, at most once a minute for each.
///
/// Without `start` it reads the storage at each check.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class CredentialFollower {
public:
    /// `installation` is the secret with which secrets of credentials are sealed.
    CredentialFollower(CredentialStorage& storage, const Clock& clock, Logger& logger,
                       Secret installation);
    ~CredentialFollower();

    void start();
    void stop();
    /// Reports that a credential may have been changed.
    void invalidate();
    /// Reads the changes now. Call it after a change by this program: the next check knows of it.
    void refresh();

    /// Checks `rsc_<id>_<secret>`. `address` is that of the caller.
    CheckedCredential check(std::string_view text, std::string_view address);
    /// Checks a signature: `fits` is called with each valid secret of the credential, or with
    /// another one if there is no such credential, so that both take the same time.
    CheckedCredential check_signature(std::string_view id, std::string_view address,
                                      const std::function<bool(const Secret&)>& fits);

    /// See StreamOrchestrator::check_session.
    CheckedSession check_session(std::string_view token, std::string_view address,
                                 const Secret& shared);

    /// Sets the last use of each credential that was used later than the storage knows.
    void add_uses(std::vector<ApiCredential>& credentials) const;

private:
    using Instant = std::chrono::steady_clock::time_point;
    struct Entry {
        std::shared_ptr<const ApiCredential> credential;
        StoredSecret secret;
        std::optional<StoredSecret> previous;
    };
    struct Use {
        Timestamp at{};
        std::string address;
        bool is_written = false;
        std::optional<Instant> tried;  // when it was last tried to write it
    };

    void read_changes();
    void write_uses(bool all);
    // Returns false if the facts are too old to be used. Reads them if no thread does.
    bool is_known();
    // Returns an entry that has no credential if there is none.
    Entry find(const std::string& id) const;
    // Whether a secret with this digest is one of the entry's. Takes the same time if it has none.
    bool has_secret(const Entry& entry, const KeyDigest& digest) const;
    CheckedCredential judged(const Entry& entry, std::string_view address);

    CredentialStorage& storage_;
    const Clock& clock_;
    Logger& logger_;
    const Secret installation_;
    const Secret nobody_;

    std::mutex reading_;  // one reading at a time; before `mutex_`
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    std::map<KeyDigest, ApiSession> sessions_;
    std::int64_t version_ = 0;
    std::optional<Instant> confirmed_at_;
    std::map<std::string, Use, std::less<>> uses_;
    Worker worker_;
};

}  // namespace rescuestream
