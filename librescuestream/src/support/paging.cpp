#include "rescuestream/paging.hpp"

#include <array>

#include "support/crypto.hpp"
#include "support/time_range.hpp"

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
    const Timestamp time{std::chrono::microseconds(static_cast<std::int64_t>(microseconds))};
    if (!is_in_written_years(time)) return std::nullopt;
    Uuid::Bytes id{};
    for (std::size_t i = 0; i < id.size(); ++i) {
        id[i] = static_cast<std::uint8_t>((*bytes)[kTimeBytes + i]);
    }
    return Cursor{time, Uuid(id)};
}

}  // namespace rescuestream
