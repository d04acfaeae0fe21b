#include "json/document.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>
#include <unordered_set>
#include <vector>

namespace rescuestream::json {
namespace {

constexpr unsigned kParseFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

Error invalid(std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

// Looks at a text before it becomes a document, so that a hostile one costs no memory.
class Checker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Checker> {
public:
    explicit Checker(std::size_t max_depth) : max_depth_(max_depth) {}

    bool String(const char* text, rapidjson::SizeType length, bool) {
        return without_nul({text, length});
    }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        const std::string_view name(text, length);
        if (!without_nul(name)) return false;
        if (!names_.back().emplace(name).second) {
            // The name itself is not shown: it may be anything.
            problem_ = "A member name stands twice in one JSON object.";
            return false;
        }
        return true;
    }
    bool StartObject() {
        names_.emplace_back();
        return enter();
    }
    bool EndObject(rapidjson::SizeType) {
        names_.pop_back();
        return leave();
    }
    bool StartArray() { return enter(); }
    bool EndArray(rapidjson::SizeType) { return leave(); }

    const std::string& problem() const noexcept { return problem_; }

private:
    bool enter() {
        if (++depth_ <= max_depth_) return true;
        problem_ = fmt::format("The JSON is nested deeper than {} levels.", max_depth_);
        return false;
    }
    bool leave() {
        --depth_;
        return true;
    }
    bool without_nul(std::string_view text) {
        if (text.find('\0') == std::string_view::npos) return true;
        problem_ = "A string in the JSON contains a NUL character.";
        return false;
    }

    std::size_t max_depth_;
    std::size_t depth_ = 0;
    std::vector<std::unordered_set<std::string>> names_;
    std::string problem_;
};

}  // namespace

Result<rapidjson::Document> parse(std::string_view text, const ParseLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return invalid(fmt::format("The JSON is larger than {} bytes.", limits.max_bytes));
    }
    Checker checker(limits.max_depth);
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    const rapidjson::ParseResult checked = reader.Parse<kParseFlags>(stream, checker);
    if (!checked) {
        if (!checker.problem().empty()) return invalid(checker.problem());
        return invalid(fmt::format("The body is not valid JSON: {} (at byte {})",
                                   rapidjson::GetParseError_En(checked.Code()), checked.Offset()));
    }
    // RapidJSON takes a NUL character for the end of the text, and whatever follows for nothing.
    if (stream.Tell() != text.size()) {
        return invalid(
            fmt::format("The body is not valid JSON: a NUL character (at byte {})", stream.Tell()));
    }
    rapidjson::Document document;
    document.Parse<kParseFlags>(text.data(), text.size());
    if (document.HasParseError()) return invalid("The body is not valid JSON.");
    return document;
}

}  // namespace rescuestream::json
