// Bodies: every input is either JSON within the limits or refused with a clear error.
#include "fuzz/fuzz.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/records.hpp"
#include "support/text.hpp"

using namespace rescuestream;

namespace {

constexpr json::ParseLimits kLimits{.max_bytes = 4096, .max_depth = 8};

std::size_t depth_of(const rapidjson::Value& value) {
    std::size_t deepest = 0;
    if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            deepest = std::max(deepest, depth_of(member.value));
        }
    } else if (value.IsArray()) {
        for (const auto& item : value.GetArray()) deepest = std::max(deepest, depth_of(item));
    } else {
        return 0;
    }
    return deepest + 1;
}

void check_refusal(const Error& error) {
    FUZZ_CHECK(error.code == ErrorCode::kInvalidArgument);
    FUZZ_CHECK(!error.message.empty() && is_clean_utf8(error.message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::as_text(data, size);
    const auto parsed = json::parse(text, kLimits);
    if (!parsed) {
        check_refusal(parsed.error());
    } else {
        FUZZ_CHECK(text.size() <= kLimits.max_bytes);
        FUZZ_CHECK(depth_of(*parsed) <= kLimits.max_depth);
        const std::string compact = json::compact(text);
        FUZZ_CHECK(json::compact(compact) == compact);
        const auto again = json::parse(compact, kLimits);
        FUZZ_CHECK(again.has_value() && *again == *parsed);
    }

    if (const auto object = JsonObject::parse(text)) {
        FUZZ_CHECK(is_clean_utf8(object->text()));
        FUZZ_CHECK(JsonObject::parse(object->text()) == object);
    }

    // Any clean text survives as a JSON string.
    if (is_clean_utf8(text)) {
        const auto literal = json::parse(to_json(text));
        FUZZ_CHECK(literal.has_value() && literal->IsString());
        FUZZ_CHECK(std::string_view(literal->GetString(), literal->GetStringLength()) == text);
    }
    return 0;
}
