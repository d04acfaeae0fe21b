// Publish requests: a key value is found in every place, and nothing else is taken for one.
#include "fuzz/fuzz.hpp"
#include "orchestrator/credential.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "support/url.hpp"

using namespace rescuestream;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = fuzz::as_text(data, size);
    PublishRequest request;
    request.path = fuzz::take_line(rest);
    request.password = Secret(std::string(fuzz::take_line(rest)));
    request.token = Secret(std::string(fuzz::take_line(rest)));
    request.query = Secret(std::string(rest));

    const auto credential = find_credential(request);
    if (!credential) {
        FUZZ_CHECK(!looks_like_key_value(request.path));
        FUZZ_CHECK(!looks_like_key_value(request.password.reveal()));
        FUZZ_CHECK(!looks_like_key_value(request.token.reveal()));
        return 0;
    }
    const std::string& value = credential->value.reveal();
    FUZZ_CHECK(looks_like_key_value(value));
    FUZZ_CHECK(credential->is_path == (request.path == value));
    // Blanks and the word Bearer may stand around it.
    const auto holds_it = [&](const std::string& text) {
        return text.find(value) != std::string::npos;
    };
    bool stands_somewhere = value == request.path || holds_it(request.password.reveal()) ||
                            holds_it(request.token.reveal());
    for (const auto& [name, text] : parse_query(request.query.reveal())) {
        stands_somewhere = stands_somewhere || holds_it(text);
    }
    FUZZ_CHECK(stands_somewhere);
    return 0;
}
