#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "json/document.hpp"
#include "media/mediamtx/reply.hpp"
#include "rescuestream/redaction.hpp"

/// How responses of MediaMTX's control API are read; see reply.hpp.
namespace rescuestream::mediamtx {

inline constexpr std::size_t kMaxBytes =
    std::numeric_limits<std::size_t>::max();  // limited when read
inline constexpr std::size_t kMaxDepth = 32;

inline Error not_mediamtx(std::string detail) {
    return {ErrorCode::kInternal,
            "The media server did not answer like a MediaMTX.",
            redact_key_values(detail),
            {}};
}

/// Reads the members of one object and remembers the first one with a wrong type.
class Members {
public:
    explicit Members(const rapidjson::Value& object) : object_(object) {
        if (!object.IsObject()) problem_ = "not an object";
    }

    std::string text(const char* name) {
        const rapidjson::Value* value = find(name);
        if (value == nullptr) return {};
        if (!value->IsString()) return fail(name), std::string();
        return {value->GetString(), value->GetStringLength()};
    }
    // These three read the first of two names that exists.
    bool flag(const char* name, const char* other_name = "", bool missing = false) {
        const rapidjson::Value* value = find(name);
        if (value == nullptr) value = find(other_name);
        if (value == nullptr) return missing;
        if (!value->IsBool()) return fail(name), missing;
        return value->GetBool();
    }
    std::uint64_t count(const char* name, const char* older_name = "") {
        const rapidjson::Value* value = find(name);
        if (value == nullptr) value = find(older_name);
        if (value == nullptr) return 0;
        if (!value->IsUint64()) return fail(name), 0;
        // A number that a database cannot store is not a real byte count.
        constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        return std::min(value->GetUint64(), kMost);
    }
    std::optional<Timestamp> time(const char* name, const char* other_name = "") {
        if (find(name) == nullptr) name = other_name;
        return parse_rfc3339(text(name));
    }
    bool has(const char* name) const { return find(name) != nullptr; }
    const rapidjson::Value* object(const char* name) {
        const rapidjson::Value* value = find(name);
        if (value != nullptr && !value->IsObject()) return fail(name), nullptr;
        return value;
    }
    const rapidjson::Value* array(const char* name) {
        const rapidjson::Value* value = find(name);
        if (value != nullptr && !value->IsArray()) return fail(name), nullptr;
        return value;
    }
    void fail(const std::string& name) {
        if (problem_.empty()) problem_ = "member " + name;
    }
    const std::string& problem() const noexcept { return problem_; }

private:
    const rapidjson::Value* find(const char* name) const {
        if (!object_.IsObject()) return nullptr;
        const auto member = object_.FindMember(name);
        if (member == object_.MemberEnd() || member->value.IsNull()) return nullptr;
        return &member->value;
    }

    const rapidjson::Value& object_;
    std::string problem_;
};

/// Reads a text that must be an object.
inline Result<rapidjson::Document> read_document(std::string_view body) {
    auto document = json::parse(body, {.max_bytes = kMaxBytes, .max_depth = kMaxDepth});
    if (!document) return not_mediamtx(document.error().message);
    if (!document->IsObject()) return not_mediamtx("not an object");
    return document;
}

/// Reads one page of a list; `read_item(value)` returns a Result<T>.
template <class T, class ReadItem>
Result<ListPage<T>> read_list(std::string_view body, ReadItem&& read_item) {
    const auto document = read_document(body);
    if (!document) return document.error();
    Members members(*document);
    ListPage<T> page;
    page.page_count = members.count("pageCount");
    page.item_count = members.count("itemCount");
    const rapidjson::Value* items = members.array("items");
    if (items == nullptr) members.fail("items");
    if (!members.problem().empty()) return not_mediamtx("list: " + members.problem());
    page.items.reserve(items->Size());
    for (const auto& item : items->GetArray()) {
        auto record = read_item(item);
        if (!record) return std::move(record).error();
        page.items.push_back(*std::move(record));
    }
    return page;
}

}  // namespace rescuestream::mediamtx
