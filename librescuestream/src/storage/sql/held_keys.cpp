#include "storage/sql/held_keys.hpp"

#include <cstring>

namespace rescuestream::sql {
namespace {

// With more the hints begin anew. An entry takes about 100 bytes.
constexpr std::size_t kMostHeld = 100'000;

}  // namespace

HeldKeys::Mark HeldKeys::mark_of(const KeyDigest& digest) noexcept {
    Mark mark = 0;
    std::memcpy(&mark, digest.data(), sizeof mark);
    return mark;
}

void HeldKeys::note(StreamKeyId id, const KeyDigest& digest) {
    const std::lock_guard lock(mutex_);
    if (marks_.size() >= kMostHeld) {
        marks_.clear();
        held_.clear();
    }
    const Mark mark = mark_of(digest);
    const auto [place, is_new] = marks_.try_emplace(id, mark);
    if (!is_new && place->second != mark) {  // the key was rotated
        held_.erase(place->second);
        place->second = mark;
    }
    held_.insert(mark);
}

void HeldKeys::forget(StreamKeyId id) {
    const std::lock_guard lock(mutex_);
    const auto place = marks_.find(id);
    if (place == marks_.end()) return;
    held_.erase(place->second);
    marks_.erase(place);
}

bool HeldKeys::is_held(const KeyDigest& digest) const {
    const std::lock_guard lock(mutex_);
    return held_.count(mark_of(digest)) != 0;
}

}  // namespace rescuestream::sql
