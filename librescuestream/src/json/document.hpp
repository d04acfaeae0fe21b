#pragma once

#include <rapidjson/document.h>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"

/// The only place where JSON is read. RapidJSON passes every number on as text, and `read_number`
/// converts it; see json/number.hpp.
namespace rescuestream::json {

struct ParseLimits {
    std::size_t max_bytes = 1024 * 1024;
    std::size_t max_depth = 32;
    /// Numbers may be of any length: they are checked for their form, and have the value 0 when
    /// they cannot be read. For texts that were stored or sent before the limit on numbers existed.
    bool any_number = false;
};

/// Parses one JSON text: iteratively (hostile depth cannot overflow the stack), with UTF-8 checked,
/// nothing after it. kInvalidArgument with a sentence that names what is wrong: malformed (with the
/// byte), too large, too deep, a NUL character in a string, a member name given twice, a number of
/// more than 64 characters or four digits of exponent. `fields` has a pointer to the place of the
/// error if it has one.
Result<rapidjson::Document> parse(std::string_view text, const ParseLimits& limits = {});

/// Makes the same checks without building a document.
Result<void> check(std::string_view text, const ParseLimits& limits = {});

/// Returns a pointer to the first string or member name for which `is_wanted` returns true; empty:
/// there is none. Precondition: `text` is well-formed JSON.
std::optional<std::string> find_text(std::string_view text,
                                     const std::function<bool(std::string_view)>& is_wanted);

/// The memory of the values of a document. It has room for a few members itself, so that they need
/// no allocation, and allocates for more.
class SmallMemory {
public:
    rapidjson::MemoryPoolAllocator<>& allocator() noexcept { return allocator_; }

private:
    static constexpr std::size_t kOwnRoom = 1'024;
    static constexpr std::size_t kMoreRoom = 4'096;

    alignas(std::max_align_t) std::array<char, kOwnRoom> room_;
    rapidjson::MemoryPoolAllocator<> allocator_{room_.data(), room_.size(), kMoreRoom};
};

/// A fast way to read a few members: parses `text` in place, so that the document's strings point
/// into `text`, and its values into `memory`; both must outlive it. Duplicate member names and NUL
/// characters in strings are accepted, and the depth has no limit. Precondition:
/// `is_clean_utf8(text)`.
Result<rapidjson::Document> parse_in_place(std::string& text, SmallMemory& memory);

}  // namespace rescuestream::json
