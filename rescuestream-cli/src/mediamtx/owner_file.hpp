#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mediamtx/yaml.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// A mediamtx.yml that an owner wrote, with MediaMTX's defaults for what it leaves out. Names that
/// MediaMTX deprecated and still reads count like the names that replaced them.
class OwnerFile {
public:
    /// kInvalidArgument: the text is not YAML (the message has the line), or has no mapping.
    static Result<OwnerFile> parse(std::string text);

    const std::string& text() const noexcept { return text_; }
    const YamlNode& root() const noexcept { return *document_.root; }
    std::size_t end() const noexcept { return document_.end; }

    /// A global setting; null when the file does not have it.
    const YamlMember* setting(std::string_view name) const noexcept { return root().find(name); }
    /// `pathDefaults` and `paths`; null when the file has none, or no mapping there.
    const YamlNode* path_defaults() const noexcept { return mapping("pathDefaults"); }
    const YamlNode* paths() const noexcept { return mapping("paths"); }

private:
    OwnerFile(std::string text, YamlDocument document);
    const YamlNode* mapping(std::string_view name) const noexcept;

    std::string text_;
    YamlDocument document_;
};

/// Returns the member's value as MediaMTX reads a flag (yes, no, on, off, true, false); `otherwise`
/// when there is no member or its value is no flag.
bool flag_of(const YamlMember* member, bool otherwise) noexcept;
/// Returns the scalar; `otherwise` when there is no member, or it is empty.
std::string word_of(const YamlMember* member, std::string_view otherwise = "");
/// Returns the scalars of a sequence, and a single scalar as a sequence of one.
std::vector<std::string> words_of(const YamlMember* member);

/// What follows the last colon of ":8554" or "[::1]:8554"; `otherwise` when that is not a port.
int port_of(std::string_view address, int otherwise);
/// "127.0.0.1" of "127.0.0.1:9997", "::1" of "[::1]:9997", "" of ":9997".
std::string host_of(std::string_view address);

/// An entry of `paths`.
struct PathEntry {
    std::string name;
    int line = 0;
    const YamlMember* member = nullptr;
    const YamlNode* defaults = nullptr;  ///< `pathDefaults`, or null.

    /// Returns the setting of the entry itself; null when it has none.
    const YamlMember* own(std::string_view setting) const noexcept;
    /// Returns the setting of the entry, or that of `pathDefaults`.
    const YamlMember* effective(std::string_view setting) const noexcept;
    bool is_catch_all() const noexcept;  ///< all, all_others, ~^.*$
    bool is_pattern() const noexcept;    ///< A regular expression, or a catch-all.
};

std::vector<PathEntry> path_entries(const OwnerFile& file);

/// Returns the entry that applies to the path `name`, in MediaMTX's order: the exact name, the
/// expressions by name, the catch-all. An expression that is not one of RE2 applies to nothing.
std::optional<PathEntry> entry_of(const std::vector<PathEntry>& entries, std::string_view name);

/// Returns whether the expression `name` ("~…") is one that this program understands.
bool is_readable_pattern(std::string_view name);

}  // namespace rescuestream::cli
