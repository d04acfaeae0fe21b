// Times: a time that was read can be written, and is then read as the same time.
#include "fuzz/fuzz.hpp"
#include "rescuestream/time.hpp"

using namespace rescuestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t kWrittenLength = 27;
    if (const auto time = parse_rfc3339(fuzz::as_text(data, size))) {
        const std::string written = format_rfc3339(*time);
        FUZZ_CHECK(written.size() == kWrittenLength);
        FUZZ_CHECK(written.back() == 'Z');
        FUZZ_CHECK(parse_rfc3339(written) == time);
    }
    return 0;
}
