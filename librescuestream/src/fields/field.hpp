#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// What texts a field takes.
enum class TextRule {
    kName,  ///< For people: no control characters, no key value; may be blank.
    kPath,  ///< A path name of MediaMTX.
};

/// What is said of one member of a record, once for everybody who checks, reads, writes, stores,
/// shows or describes it. A table of them is a function that calls a visitor for each field with
/// the member that it is about: fields/stream_key.hpp. The member's type says the rest: a text, a
/// moment in the future, a length of time in seconds, a word of an enumeration, a list of address
/// ranges. An empty member was not given.
struct Field {
    std::string_view name;            ///< In JSON, in `reset` and in the database.
    std::string_view option;          ///< On the command line: "--expires".
    std::string_view title;           ///< Before its value on a screen: "Expires".
    std::string_view help;            ///< One line, without its range.
    std::string_view otherwise = {};  ///< What holds without it: a setting's name, or words.
    std::int64_t min = 0;             ///< Seconds, or elements of a list.
    std::int64_t max = 0;             ///< Seconds, elements of a list, or characters of a text.
    TextRule text = TextRule::kName;
    bool may_be_reset = false;  ///< A change may take it back to what holds without it.
    bool has_column = false;    ///< SQL statements compare it; else it is kept as JSON.
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

/// "a, b or c"
std::string listed(const std::vector<std::string>& words);

}  // namespace rescuestream
