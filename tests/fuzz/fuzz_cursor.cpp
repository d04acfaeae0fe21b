// Cursors and ids: only what we have written is accepted, and it is read unchanged.
#include <algorithm>
#include <cctype>
#include <cstring>

#include "fuzz/fuzz.hpp"
#include "rescuestream/paging.hpp"

using namespace rescuestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::as_text(data, size);
    if (const auto cursor = Cursor::decode(text)) FUZZ_CHECK(cursor->encode() == text);
    if (const auto id = Uuid::parse(text)) {
        std::string lower(text);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        FUZZ_CHECK(id->to_string() == lower);
    }

    // The same bytes, made into a cursor.
    constexpr std::size_t kTimeBytes = 8;
    Uuid::Bytes id{};
    if (size >= kTimeBytes + id.size()) {
        std::int64_t microseconds = 0;
        std::memcpy(&microseconds, data, kTimeBytes);
        std::memcpy(id.data(), data + kTimeBytes, id.size());
        // Mapped to the years that a record can have.
        microseconds %= 253'402'300'800'000'000;
        microseconds = std::max<std::int64_t>(microseconds, -62'135'596'800'000'000);
        const Cursor cursor{Timestamp(std::chrono::microseconds(microseconds)), Uuid(id)};
        FUZZ_CHECK(Cursor::decode(cursor.encode()) == cursor);
        FUZZ_CHECK(Uuid::parse(cursor.id.to_string()) == cursor.id);
    }
    return 0;
}
