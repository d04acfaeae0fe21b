#include "orchestrator/storage_care.hpp"

#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kCareInterval{1};
constexpr std::uint64_t kMegabyte = 1'000'000;

bool is_below(const DiskSpace& space, std::uint64_t megabytes, std::uint64_t percent) {
    return space.free_bytes < megabytes * kMegabyte ||
           space.free_bytes < space.total_bytes / 100 * percent;
}

std::string free_text(const DiskSpace& space) {
    const std::uint64_t percent =
        space.total_bytes < 100 ? 0 : space.free_bytes / (space.total_bytes / 100);
    return std::to_string(space.free_bytes / kMegabyte) + " MB (" + std::to_string(percent) + " %)";
}

}  // namespace

StorageCare::StorageCare(Storage& storage, Logger& logger)
    : storage_(storage), logger_(logger), worker_("storage-care", {kCareInterval}, logger) {}

void StorageCare::start(std::function<void()> each_time) {
    worker_.start([this, each_time = std::move(each_time)] {
        check();
        each_time();
    });
}

void StorageCare::check() {
    // A storage does not notice by itself that there is space again.
    const auto storage = storage_.ping();
    is_full_ = !storage && storage.error().code == ErrorCode::kStorageFull;
    (void)warning();
}

std::string StorageCare::warning() {
    const auto space = storage_.disk_space();
    const std::lock_guard lock(warning_mutex_);
    free_bytes_ = space ? std::optional(space->free_bytes) : std::nullopt;
    if (!space) return {};
    const bool was_low = is_low_;
    is_low_ = is_low_ ? is_below(*space, 250, 6) : is_below(*space, 200, 5);
    if (is_low_ && !was_low) {
        logger_.warning("the disk of the database is nearly full: make room",
                        {{"database", storage_.description()}, {"free", free_text(*space)}});
    } else if (was_low && !is_low_) {
        logger_.info("the disk of the database has enough space again",
                     {{"database", storage_.description()}, {"free", free_text(*space)}});
    }
    if (!is_low_) return {};
    return "The disk of the database is nearly full: " + free_text(*space) +
           " are free. Make room before nothing can be written any more.";
}

std::optional<std::uint64_t> StorageCare::free_bytes() const {
    const std::lock_guard lock(warning_mutex_);
    return free_bytes_;
}

}  // namespace rescuestream
