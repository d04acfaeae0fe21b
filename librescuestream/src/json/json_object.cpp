#include "rescuestream/json_object.hpp"

#include <utility>

#include "json/document.hpp"
#include "json/writer.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMaxMetadataBytes = 16UL * 1024;

}  // namespace

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
    // Numbers stay text here, so those that were stored before they had a limit stay readable.
    const bool is_good =
        json::check(text, {.max_bytes = kMaxMetadataBytes, .max_depth = 32, .any_number = true})
            .has_value();
    JsonObject object;
    if (is_good) object.text_ = json::compact(text);
    return is_good && object.text_.starts_with('{') ? std::optional(std::move(object))
                                                    : std::nullopt;
}

}  // namespace rescuestream
