#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rescuestream {

/// Which texts a field accepts.
enum class TextRule {
    kName,  ///< For people: no control characters, no key value; not blank if `min` is not 0.
    kPath,  ///< A path name of MediaMTX.
    kNodeName,
    kControlInterface,  ///< The address of a control interface of MediaMTX.
    kPublicAddress,     ///< An address of a media server with the `scheme` of the field.
};

/// The description of one member of a record. All code that checks, reads, writes, stores, shows or
/// documents the member uses it. A table of fields is a function that calls a visitor with each
/// field and its member; see fields/stream_key.hpp. The type of the member determines the kind of
/// value: a text, a secret, a time in the future, a duration in seconds, a bitrate in bits per
/// second (std::uint64_t), a number (std::uint32_t), a flag, a name of an enumeration, a list of
/// these, a JSON object, a list of address ranges, or the addresses of a media server (a table of
/// their own). An empty optional was not given.
struct Field {
    std::string_view name;              ///< In JSON, in `reset` and in the database.
    std::string_view option = {};       ///< On the command line: "--expires". Empty: it has none.
    std::string_view title;             ///< Before its value on a screen: "Expires".
    std::string_view help = {};         ///< One line, without its range.
    std::string_view placeholder = {};  ///< For the value in a help text. Empty: that of its kind.
    std::string_view otherwise = {};    ///< The default: the name of a setting, or words.
    std::int64_t min = 0;  ///< Seconds, bits per second, elements of a list, or the number itself.
    std::int64_t max = 0;  ///< The same, or characters of a text.
    TextRule text = TextRule::kName;
    std::string_view scheme = {};     ///< With kPublicAddress; see check_public_address.
    bool is_required = false;         ///< It must be given when the record is created.
    bool is_shown_when_empty = true;  ///< A record's JSON contains an empty text.
    bool may_be_reset = false;        ///< A change may reset it to the default.
    bool has_column =
        false;  ///< It has a column, because SQL statements compare it; else it is stored as JSON.
};

/// A visitor for two records of a table: sets each member of the first that the second has.
struct Assign {
    template <class T>
    void operator()(const Field& /*field*/, T& member, const std::optional<T>& given) const {
        if (given) member = *given;
    }
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
