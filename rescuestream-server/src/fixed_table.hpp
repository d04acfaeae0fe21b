#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rescuestream::server {

/// A hash table of fixed size: buckets of `kWays` places each. When a bucket is full, a new entry
/// replaces the one whose value has the least `rank`. Entries in other buckets are never affected,
/// so the entries with the highest rank stay, whatever is inserted.
///
/// Names and buckets are hashes with a secret key (KeyedHash).
///
/// Thread-safety: as a std::vector.
template <class Value, std::size_t kWays>
class FixedTable {
public:
    /// `buckets` must be a power of two.
    explicit FixedTable(std::size_t buckets) : mask_(buckets - 1), places_(buckets * kWays) {}

    /// Returns null when there is no entry with this name.
    Value* find(std::uint64_t bucket, std::uint64_t name) noexcept {
        Place* const first = places_.data() + (bucket & mask_) * kWays;
        for (Place* place = first; place != first + kWays; ++place) {
            if (place->is_taken && place->name == name) return &place->value;
        }
        return nullptr;
    }

    /// Returns the value with this name, and inserts one if there is none. The results of
    /// `rank(value)` are compared with `<`.
    template <class Rank>
    Value& get(std::uint64_t bucket, std::uint64_t name, Rank rank) noexcept {
        Place* const first = places_.data() + (bucket & mask_) * kWays;
        Place* least = first;
        for (Place* place = first; place != first + kWays; ++place) {
            if (place->is_taken && place->name == name) return place->value;
            if (!least->is_taken) continue;
            if (!place->is_taken || rank(place->value) < rank(least->value)) least = place;
        }
        *least = Place{name, true, Value{}};
        return least->value;
    }

private:
    struct Place {
        std::uint64_t name = 0;
        bool is_taken = false;
        Value value{};
    };

    std::uint64_t mask_;
    std::vector<Place> places_;
};

}  // namespace rescuestream::server
