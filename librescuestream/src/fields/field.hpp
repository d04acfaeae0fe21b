#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// Which texts a field accepts.
enum class TextRule {
    kName,  ///< For people: no control characters, no key value; may be blank.
    kPath,  ///< A path name of MediaMTX.
};

/// The description of one member of a record. All code that checks, reads, writes, stores, shows or
/// documents the member uses it. A table of fields is a function that calls a visitor with each
/// field and its member; see fields/stream_key.hpp. The type of the member determines the kind of
/// value: a text, a time in the future, a duration in seconds, a name of an enumeration, or a list
/// of address ranges. An empty member was not given.
struct Field {
    std::string_view name;            ///< In JSON, in `reset` and in the database.
    std::string_view option;          ///< On the command line: "--expires".
    std::string_view title;           ///< Before its value on a screen: "Expires".
    std::string_view help;            ///< One line, without its range.
    std::string_view otherwise = {};  ///< The default: the name of a setting, or words.
    std::int64_t min = 0;             ///< Seconds, or elements of a list.
    std::int64_t max = 0;             ///< Seconds, elements of a list, or characters of a text.
    TextRule text = TextRule::kName;
    bool may_be_reset = false;  ///< A change may reset it to the default.
    bool has_column =
        false;  ///< It has a column, because SQL statements compare it; else it is stored as JSON.
};

/// The names of an enumeration that begins with 0 and has no gaps.
template <class Enum>
std::vector<std::string> enum_words() {
    std::vector<std::string> words;
    for (int value = 0;; ++value) {
        const std::string_view word = to_string(static_cast<Enum>(value));
        if (word.empty()) return words;
        words.emplace_back(word);
    }
}

}  // namespace rescuestream
