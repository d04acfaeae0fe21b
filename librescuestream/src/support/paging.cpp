#include "rescuestream/paging.hpp"

#include <array>

#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kTimeBytes = 8;
constexpr std::size_t kEncodedBytes = kTimeBytes + 16;

}  // namespace

std::string Cursor::encode() const {
    std::array<std::uint8_t, kEncodedBytes> bytes{};
    auto microseconds = static_cast<std::uint64_t>(time.time_since_epoch().count());
    for (std::size_t i = kTimeBytes; i-- > 0;) {
        bytes[i] = static_cast<std::uint8_t>(microseconds & 0xFFU);
        microseconds >>= 8U;
    }
    for (std::size_t i = 0; i < id.bytes().size(); ++i) bytes[kTimeBytes + i] = id.bytes()[i];
    return base64url_encode(bytes);
}

std::optional<Cursor> Cursor::decode(std::string_view text) {
    const auto bytes = base64url_decode(text);
    if (!bytes || bytes->size() != kEncodedBytes) return std::nullopt;
    std::uint64_t microseconds = 0;
    for (std::size_t i = 0; i < kTimeBytes; ++i) {
        microseconds = (microseconds << 8U) | static_cast<std::uint8_t>((*bytes)[i]);
    }
    // Beyond the years 1 to 9999 no record exists, and databases refuse the value.
    constexpr std::int64_t kEarliest = -62'135'596'800'000'000;
    constexpr std::int64_t kLatest = 253'402'300'799'999'999;
    const auto signed_time = static_cast<std::int64_t>(microseconds);
    if (signed_time < kEarliest || signed_time > kLatest) return std::nullopt;
    Uuid::Bytes id{};
    for (std::size_t i = 0; i < id.size(); ++i) {
        id[i] = static_cast<std::uint8_t>((*bytes)[kTimeBytes + i]);
    }
    return Cursor{Timestamp(std::chrono::microseconds(signed_time)), Uuid(id)};
}

}  // namespace rescuestream
