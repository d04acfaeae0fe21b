#include "orchestrator/lease.hpp"

#include "rescuestream/logger.hpp"
#include "rescuestream/storage/nodes.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kRenewal{2};

}  // namespace

bool Lease::hold() {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = clock_.steady_now();
    if (ours_ && now - renewed_at_ < kRenewal) return true;
    std::optional<NodeLease> expired;
    if (!ours_ && seen_ && now - seen_since_ >= kLifetime) expired = seen_;

    const auto lease = storage_.hold_lease(node_, self_, expired);
    // While the storage cannot be written, no other program can take the lease, so this program
    // keeps it.
    if (!lease && ours_ && lease.error().code == ErrorCode::kStorageFull) renewed_at_ = now;
    if (!lease) return ours_ && now - renewed_at_ < kLifetime;
    if (ours_ && lease->holder == self_ && lease->beat != seen_->beat + 1) {
        logger_.error("another program has the same name and supervises the same node",
                      {{"node", node_}, {"server", self_}});
    }
    ours_ = lease->holder == self_;
    if (ours_) {
        renewed_at_ = now;
    } else if (seen_ != *lease) {
        seen_since_ = clock_.steady_now();
    }
    seen_ = *lease;
    return ours_;
}

bool Lease::is_held() const {
    const std::lock_guard lock(mutex_);
    return ours_ && clock_.steady_now() - renewed_at_ < kLifetime;
}

void Lease::give_up() {
    const std::lock_guard lock(mutex_);
    if (!ours_) return;
    ours_ = false;
    seen_.reset();
    // A lease that cannot be released now expires.
    (void)storage_.release_lease(node_, self_);
}

std::string Lease::holder() const {
    const std::lock_guard lock(mutex_);
    return seen_ ? seen_->holder : std::string();
}

}  // namespace rescuestream
