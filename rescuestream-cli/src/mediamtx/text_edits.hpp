#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mediamtx/owner_file.hpp"

namespace rescuestream::cli {

/// A part of a text that is replaced: [begin, end) by `replacement`.
struct TextEdit {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string replacement;
};

/// Applies `edits`, which do not overlap. Those that insert at one place keep their order.
std::string apply_edits(std::string_view text, std::vector<TextEdit> edits);

/// The edits that give settings of a file another value and leave every other character as it is.
/// An empty result means that the place cannot be edited: the value is an alias or has an anchor,
/// or the mapping that would receive the setting is one.
class FileEditor {
public:
    explicit FileEditor(const OwnerFile& file);

    /// Replaces the value of `member` by `value` (YAML in one line). Lines of a value in block
    /// style become comments.
    std::vector<TextEdit> set_value(const YamlMember& member, std::string_view value) const;
    /// The same, and the key becomes `key`.
    std::vector<TextEdit> replace(const YamlMember& member, std::string_view key,
                                  std::string_view value) const;
    /// Makes the lines of a setting comments.
    std::vector<TextEdit> comment_out(const YamlMember& member) const;
    /// Adds lines, without indentation and line ends, to the mapping that is the value of the
    /// global setting `name`; the setting is added when it does not exist.
    std::vector<TextEdit> add_to(std::string_view name,
                                 const std::vector<std::string>& lines) const;
    /// Adds lines at the end of the file.
    std::vector<TextEdit> append(const std::vector<std::string>& lines) const;

private:
    std::size_t line_start(std::size_t position) const;
    std::size_t line_end(std::size_t position) const;
    std::vector<TextEdit> comment_lines(std::size_t begin, std::size_t end) const;

    const OwnerFile& file_;
    std::string_view text_;
    std::string newline_;
};

}  // namespace rescuestream::cli
