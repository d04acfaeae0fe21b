#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/forwarding_storage.hpp"

namespace rescuestream::testing {

/// Says which calls of a FaultyStorage fail. Shared with the test, since the storage itself is
/// given away.
///
/// Thread-safety: all methods may be called from any thread.
class StorageFaults {
public:
    /// The next `count` calls, of whatever method, answer `error` and do nothing.
    void fail_next(int count, Error error = unavailable());
    /// Every call of `method` ("claim", "commit_session", …) answers `error` and does nothing,
    /// until `clear`.
    void fail_method(std::string method, Error error = unavailable());
    /// The next call of `method` is carried out, and then answers `error`, like a lost answer.
    void lose_next_answer(std::string method, Error error = timeout());
    /// Calls of `method` wait until `release`.
    void hold_method(std::string method);
    void release();
    void clear();

    /// Calls the listeners, as a storage does when another program has changed something.
    void tell_changes();

    /// How often `method` was called, failed calls too.
    int calls(std::string_view method) const;
    /// How many claims each call of `claim_all` had, in order.
    std::vector<std::size_t> claims_together() const;

    static Error unavailable();
    static Error timeout();
    static Error full();

    /// Every call that writes answers `full()`, `ping` too, until `make_room`.
    void fill_disk();
    void make_room();
    /// What the storage reports about its disk; the real storage's answer when it is not set.
    void set_disk_space(DiskSpace space);

private:
    friend class FaultyStorage;
    std::optional<Error> before(const StorageStep& step);
    std::optional<Error> after(const StorageStep& step);

    using ErrorsByMethod = std::map<std::string, Error, std::less<>>;

    mutable std::mutex mutex_;
    std::condition_variable released_;
    std::string held_method_;
    int failing_calls_ = 0;
    Error failing_calls_error_;
    ErrorsByMethod failing_methods_;
    ErrorsByMethod lost_answers_;
    bool is_full_ = false;
    std::optional<DiskSpace> disk_space_;
    std::map<std::string, int, std::less<>> calls_;
    std::vector<std::size_t> claims_together_;
    std::map<const void*, std::function<void()>> listeners_;  // by storage
};

/// A real storage whose calls fail when the test says so.
class FaultyStorage final : public ForwardingStorage {
public:
    /// Several may share one real storage, as programs do that use one database.
    FaultyStorage(std::shared_ptr<Storage> real, std::shared_ptr<StorageFaults> faults)
        : ForwardingStorage(std::move(real)), faults_(std::move(faults)) {}

    std::optional<DiskSpace> disk_space() override;
    /// Each request counts as a call of `claim`.
    std::vector<Result<ClaimOutcome>> claim_all(
        const std::vector<ClaimRequest>& requests,
        std::chrono::steady_clock::time_point latest) override;
    void watch_changes(std::function<void()> listener) override;

protected:
    std::optional<Error> before(const StorageStep& step) override { return faults_->before(step); }
    std::optional<Error> after(const StorageStep& step, const Error* /*error*/) override {
        return faults_->after(step);
    }

private:
    std::shared_ptr<StorageFaults> faults_;
};

}  // namespace rescuestream::testing
