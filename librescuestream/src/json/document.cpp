#include "json/document.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <string>
#include <unordered_set>
#include <vector>

#include "json/number.hpp"
#include "json/pointer.hpp"

namespace rescuestream::json {
namespace {

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNumbersAsStringsFlag;
constexpr unsigned kInPlaceFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseInsituFlag |
                                   rapidjson::kParseNumbersAsStringsFlag;

// A longer pointer names an enclosing object instead.
constexpr std::size_t kMaxPointer = 256;

Error invalid(std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

Error number_error() {
    return invalid(
        fmt::format("A number in the JSON has more than {} characters or {} digits of exponent, or "
                    "is too large.",
                    kMaxNumberLength, kMaxExponentDigits));
}

// The position of the reader in a text.
class Place {
public:
    std::size_t depth() const noexcept { return levels_.size(); }
    void begin_value() {
        if (!levels_.empty() && levels_.back().is_array) ++levels_.back().count;
    }
    void enter(bool is_array) {
        begin_value();
        levels_.emplace_back().is_array = is_array;
    }
    void leave() { levels_.pop_back(); }
    /// Returns false if the object has a member of this name already.
    bool enter_member(std::string_view name) {
        levels_.back().name = name;
        return levels_.back().names.emplace(name).second;
    }
    std::string pointer() const {
        std::string pointer;
        for (const auto& level : levels_) {
            const std::string step =
                level.is_array ? "/" + std::to_string(level.count - 1) : pointer_step(level.name);
            if (pointer.size() + step.size() > kMaxPointer) break;
            pointer += step;
        }
        return pointer;
    }

private:
    struct Level {
        bool is_array = false;
        std::size_t count = 0;  // number of items that have begun
        std::string name;       // name of the member that is being read
        std::unordered_set<std::string> names;
    };
    std::vector<Level> levels_;
};

// Checks a text before it becomes a document, so that a hostile text costs no memory.
class Checker : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Checker> {
public:
    explicit Checker(const ParseLimits& limits) : limits_(limits) {}

    bool Default() {
        place_.begin_value();
        return true;
    }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
        if (!limits_.any_number && !read_number({text, length})) return refuse_number();
        return Default();
    }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        place_.begin_value();
        if (!has_nul({text, length})) return true;
        return refuse(invalid("A string in the JSON contains a NUL character."),
                      "must not contain a NUL character");
    }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        const std::string_view name(text, length);
        if (has_nul(name)) {
            place_.leave();
            return refuse(invalid("The name of a member in the JSON contains a NUL character."),
                          "has a member whose name contains a NUL character");
        }
        // The sentence does not contain the name, which may be any text.
        return place_.enter_member(name) ||
               refuse(invalid("A member name stands twice in one JSON object."), "stands twice");
    }
    bool StartObject() { return enter(false); }
    bool EndObject(rapidjson::SizeType) { return leave(); }
    bool StartArray() { return enter(true); }
    bool EndArray(rapidjson::SizeType) { return leave(); }

    bool refuse_number() {
        place_.begin_value();
        return refuse(number_error(), "is a number that is too long or too large");
    }

    const std::optional<Error>& problem() const noexcept { return problem_; }

private:
    static bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

    bool enter(bool is_array) {
        if (place_.depth() == limits_.max_depth) {
            problem_ = invalid(
                fmt::format("The JSON is nested deeper than {} levels.", limits_.max_depth));
            return false;
        }
        place_.enter(is_array);
        return true;
    }
    bool leave() {
        place_.leave();
        return true;
    }
    // Returns false, so that the reader stops.
    bool refuse(Error error, std::string what) {
        problem_ = std::move(error);
        problem_->fields.push_back({place_.pointer(), std::move(what)});
        return false;
    }

    const ParseLimits& limits_;
    Place place_;
    std::optional<Error> problem_;
};

// Searches for a text and stops where it is found.
class Finder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Finder> {
public:
    explicit Finder(const std::function<bool(std::string_view)>& is_wanted)
        : is_wanted_(is_wanted) {}

    bool Default() {
        place_.begin_value();
        return true;
    }
    bool RawNumber(const char*, rapidjson::SizeType, bool) { return Default(); }
    bool String(const char* text, rapidjson::SizeType length, bool) {
        place_.begin_value();
        return look_at({text, length});
    }
    bool Key(const char* text, rapidjson::SizeType length, bool) {
        place_.enter_member({text, length});
        return look_at({text, length});
    }
    bool StartObject() { return enter(false); }
    bool EndObject(rapidjson::SizeType) { return leave(); }
    bool StartArray() { return enter(true); }
    bool EndArray(rapidjson::SizeType) { return leave(); }

    const std::optional<std::string>& found() const noexcept { return found_; }

private:
    bool look_at(std::string_view text) {
        if (is_wanted_(text)) found_ = place_.pointer();
        return !found_;
    }
    bool enter(bool is_array) {
        place_.enter(is_array);
        return true;
    }
    bool leave() {
        place_.leave();
        return true;
    }

    const std::function<bool(std::string_view)>& is_wanted_;
    Place place_;
    std::optional<std::string> found_;
};

// Builds the document: passes on everything that the reader finds, with numbers as values.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
public:
    Builder(rapidjson::Document& document, bool any_number)
        : document_(document), any_number_(any_number) {}

    // Numbers arrive as texts; nothing else is passed here.
    bool Default() { return false; }
    bool Null() { return document_.Null(); }
    bool Bool(bool value) { return document_.Bool(value); }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
        auto number = read_number({text, length});
        if (!number && any_number_) number = Number(std::int64_t{0});
        if (!number) return false;
        if (const auto* whole = std::get_if<std::int64_t>(&*number)) return document_.Int64(*whole);
        if (const auto* large = std::get_if<std::uint64_t>(&*number)) {
            return document_.Uint64(*large);
        }
        return document_.Double(std::get<double>(*number));
    }
    bool String(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.String(text, length, copy);
    }
    bool Key(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.Key(text, length, copy);
    }
    bool StartObject() { return document_.StartObject(); }
    bool EndObject(rapidjson::SizeType count) { return document_.EndObject(count); }
    bool StartArray() { return document_.StartArray(); }
    bool EndArray(rapidjson::SizeType count) { return document_.EndArray(count); }

private:
    rapidjson::Document& document_;
    const bool any_number_;
};

template <unsigned kFlags, class Stream>
Result<rapidjson::Document> build(Stream& stream, rapidjson::Document document, bool any_number) {
    rapidjson::Reader reader;
    const auto fill = [&](rapidjson::Document& target) {
        Builder builder(target, any_number);
        return !reader.Parse<kFlags>(stream, builder).IsError();
    };
    document.Populate(fill);
    if (!reader.HasParseError()) return document;
    if (reader.GetParseErrorCode() == rapidjson::kParseErrorTermination) return number_error();
    return invalid("The body is not valid JSON.");
}

}  // namespace

Result<void> check(std::string_view text, const ParseLimits& limits) {
    if (text.size() > limits.max_bytes) {
        return invalid(fmt::format("The JSON is larger than {} bytes.", limits.max_bytes));
    }
    Checker checker(limits);
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    const rapidjson::ParseResult checked = reader.Parse<kParseFlags>(stream, checker);
    if (!checked) {
        if (checked.Code() == rapidjson::kParseErrorNumberTooBig) checker.refuse_number();
        if (checker.problem()) return *checker.problem();
        return invalid(fmt::format("The body is not valid JSON: {} (at byte {})",
                                   rapidjson::GetParseError_En(checked.Code()), checked.Offset()));
    }
    // RapidJSON treats a NUL character as the end of the text and ignores everything after it.
    if (stream.Tell() != text.size()) {
        return invalid(
            fmt::format("The body is not valid JSON: a NUL character (at byte {})", stream.Tell()));
    }
    return {};
}

std::optional<std::string> find_text(std::string_view text,
                                     const std::function<bool(std::string_view)>& is_wanted) {
    Finder finder(is_wanted);
    rapidjson::Reader reader;
    rapidjson::MemoryStream stream(text.data(), text.size());
    reader.Parse<kParseFlags>(stream, finder);
    return finder.found();
}

Result<rapidjson::Document> parse(std::string_view text, const ParseLimits& limits) {
    if (auto checked = check(text, limits); !checked) return std::move(checked).error();
    rapidjson::MemoryStream stream(text.data(), text.size());
    return build<kParseFlags>(stream, rapidjson::Document(), limits.any_number);
}

Result<rapidjson::Document> parse_in_place(std::string& text, SmallMemory& memory) {
    rapidjson::InsituStringStream stream(text.data());
    return build<kInPlaceFlags>(stream, rapidjson::Document(&memory.allocator()), false);
}

}  // namespace rescuestream::json
