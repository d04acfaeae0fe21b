#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rescuestream::server {

/// A table that never grows: buckets of `kWays` places each. In a full bucket a newcomer gets the
/// place whose value has the least `rank`, so that what callers want to keep stays whatever comes,
/// and nothing outside the bucket is touched.
///
/// Names and buckets are hashes with a key that nobody outside knows (KeyedHash).
///
/// Thread-safety: as a std::vector.
template <class Value, std::size_t kWays>
class FixedTable {
public:
    /// `buckets`: a power of two.
    explicit FixedTable(std::size_t buckets) : mask_(buckets - 1), places_(buckets * kWays) {}

    /// Null: there is none of this name.
    Value* find(std::uint64_t bucket, std::uint64_t name) noexcept {
        Place* const first = places_.data() + (bucket & mask_) * kWays;
        for (Place* place = first; place != first + kWays; ++place) {
            if (place->is_taken && place->name == name) return &place->value;
        }
        return nullptr;
    }

    /// The value of this name, a new one if there is none. `rank(value)` is compared with `<`.
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
