#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

struct YamlNode;

/// A part of the text, in bytes: [begin, end).
struct YamlSpan {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// One member of a mapping.
struct YamlMember {
    std::string key;
    YamlSpan key_span;
    int line = 0;  ///< Of the key; the first line is 1.
    std::shared_ptr<const YamlNode> value;
    /// Where the value stands: an alias (`*name`) stands elsewhere than the node that it names.
    YamlSpan value_span;
    /// The value is an alias, or has an anchor or a tag: it cannot be replaced by another text.
    bool is_shared = false;
};

/// A node of a YAML document, with its place in the text. An item of a sequence has its own place.
struct YamlNode {
    enum class Kind { kScalar, kSequence, kMapping };

    Kind kind = Kind::kScalar;
    std::string text;       ///< Of a scalar; "" for a value that is left out.
    bool is_plain = false;  ///< A scalar without quotes.
    bool is_block = false;  ///< A sequence or mapping without brackets.
    int line = 0;           ///< The first line is 1.
    /// Ends behind the last character of the content, never in a comment that follows.
    YamlSpan span;
    std::vector<YamlMember> members;
    std::vector<std::shared_ptr<const YamlNode>> items;

    /// True for a value that is left out, `~` and `null`.
    bool is_null() const noexcept;
    /// Returns the member of a mapping; merge keys (`<<`) are followed. Null: there is none, or
    /// this is no mapping.
    const YamlMember* find(std::string_view key) const noexcept;
};

struct YamlDocument {
    /// Never null; a null scalar when the text is empty.
    std::shared_ptr<const YamlNode> root;
    /// Where the document ends: at its end marker (`...`), else at the end of the text.
    std::size_t end = 0;
};

/// Parses `text`, one YAML document in UTF-8. kInvalidArgument, with the line in the message: the
/// text is not YAML, has more than one document, names a key twice in one mapping, is nested too
/// deeply, or has a mapping whose key is not a scalar.
Result<YamlDocument> parse_yaml(std::string_view text);

}  // namespace rescuestream::cli
