#include "support/make_uuid.hpp"

namespace rescuestream {

Uuid make_uuid(Timestamp now, RandomSource& random) {
    Uuid::Bytes bytes{};
    random.fill(bytes);
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    auto milliseconds = static_cast<std::uint64_t>(since_epoch.count());
    for (std::size_t i = 6; i-- > 0;) {
        bytes[i] = static_cast<std::uint8_t>(milliseconds & 0xFFU);
        milliseconds >>= 8U;
    }
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x70U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
    return Uuid(bytes);
}

}  // namespace rescuestream
