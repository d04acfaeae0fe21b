#include "support/faulty_storage.hpp"

#include <utility>

namespace rescuestream::testing {

Error StorageFaults::unavailable() {
    return Error{ErrorCode::kUnavailable, "The database does not answer.", "injected fault", {}};
}

Error StorageFaults::timeout() {
    return Error{ErrorCode::kTimeout, "The database was too slow.", "injected fault", {}};
}

Error StorageFaults::full() {
    return Error{
        ErrorCode::kStorageFull, "The disk of the database is full.", "injected fault", {}};
}

void StorageFaults::fill_disk() {
    const std::lock_guard lock(mutex_);
    is_full_ = true;
}

void StorageFaults::make_room() {
    const std::lock_guard lock(mutex_);
    is_full_ = false;
}

void StorageFaults::set_disk_space(DiskSpace space) {
    const std::lock_guard lock(mutex_);
    disk_space_ = space;
}

void StorageFaults::fail_next(int count, Error error) {
    const std::lock_guard lock(mutex_);
    failing_calls_ = count;
    failing_calls_error_ = std::move(error);
}

void StorageFaults::fail_method(std::string method, Error error) {
    const std::lock_guard lock(mutex_);
    failing_methods_.insert_or_assign(std::move(method), std::move(error));
}

void StorageFaults::lose_next_answer(std::string method, Error error) {
    const std::lock_guard lock(mutex_);
    lost_answers_.insert_or_assign(std::move(method), std::move(error));
}

void StorageFaults::hold_method(std::string method) {
    const std::lock_guard lock(mutex_);
    held_method_ = std::move(method);
}

void StorageFaults::release() {
    {
        const std::lock_guard lock(mutex_);
        held_method_.clear();
    }
    released_.notify_all();
}

void StorageFaults::clear() {
    const std::lock_guard lock(mutex_);
    failing_calls_ = 0;
    is_full_ = false;
    failing_methods_.clear();
    lost_answers_.clear();
}

void StorageFaults::tell_changes() {
    const std::lock_guard lock(mutex_);
    for (const auto& [storage, listener] : listeners_) listener();
}

int StorageFaults::calls(std::string_view method) const {
    const std::lock_guard lock(mutex_);
    const auto found = calls_.find(method);
    return found == calls_.end() ? 0 : found->second;
}

std::vector<std::size_t> StorageFaults::claims_together() const {
    const std::lock_guard lock(mutex_);
    return claims_together_;
}

std::optional<Error> StorageFaults::before(const StorageStep& step) {
    std::unique_lock lock(mutex_);
    ++calls_[std::string(step.method)];
    released_.wait(lock, [&] { return held_method_ != step.method; });
    if (failing_calls_ > 0) {
        --failing_calls_;
        return failing_calls_error_;
    }
    // `ping` checks whether there is room again.
    const bool needs_room = step.effect != StorageStep::Effect::kNone || step.method == "ping";
    if (is_full_ && needs_room) return full();
    const auto found = failing_methods_.find(step.method);
    return found == failing_methods_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Error> StorageFaults::after(const StorageStep& step) {
    const std::lock_guard lock(mutex_);
    const auto found = lost_answers_.find(step.method);
    if (found == lost_answers_.end()) return std::nullopt;
    std::optional<Error> error(std::move(found->second));
    lost_answers_.erase(found);
    return error;
}

std::optional<DiskSpace> FaultyStorage::disk_space() {
    {
        const std::lock_guard lock(faults_->mutex_);
        if (faults_->disk_space_) return faults_->disk_space_;
    }
    return real().disk_space();
}

std::vector<Result<ClaimOutcome>> FaultyStorage::claim_all(
    const std::vector<ClaimRequest>& requests, std::chrono::steady_clock::time_point latest) {
    {
        const std::lock_guard lock(faults_->mutex_);
        faults_->claims_together_.push_back(requests.size());
    }
    return Storage::claim_all(requests, latest);
}

void FaultyStorage::watch_changes(std::function<void()> listener) {
    real().watch_changes(listener);
    const std::lock_guard lock(faults_->mutex_);
    if (listener) {
        faults_->listeners_[this] = std::move(listener);
    } else {
        faults_->listeners_.erase(this);
    }
}

}  // namespace rescuestream::testing
