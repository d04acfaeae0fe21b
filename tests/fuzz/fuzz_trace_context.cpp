// Trace contexts: what is accepted can be sent to other programs, and is then read as the same.
#include "fuzz/fuzz.hpp"
#include "rescuestream/trace_context.hpp"

using namespace rescuestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::as_text(data, size);
    const std::string_view parent = fuzz::take_line(rest);
    const auto context = parse_trace_context(parent, rest);
    if (!context) return 0;
    FUZZ_CHECK(context->is_valid());
    FUZZ_CHECK(context->trace_state.size() <= 512);
    for (const char c : context->trace_state) FUZZ_CHECK(c >= 0x20 && c < 0x7f);
    const std::string written = format_trace_parent(*context);
    FUZZ_CHECK(written.size() == 55);
    FUZZ_CHECK(parse_trace_context(written, context->trace_state) == context);
    return 0;
}
