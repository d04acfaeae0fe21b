#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fields/field.hpp"
#include "output.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace CLI {
class App;
}

/// Visitors for tables of fields (fields/field.hpp). They present the members of a record as
/// options of a command, and as lines of its output.
namespace rescuestream::cli {

/// The values that were given on the command line, by the names of the members.
struct GivenFields {
    std::map<std::string_view, std::optional<std::string>> texts;
    std::map<std::string_view, std::vector<std::string>> lists;  ///< Values of repeatable options.

    bool empty() const;
};

/// Adds an option to `verb` for each member. The values are stored in `given`, which must outlive
/// `verb`.
class OptionAdder {
public:
    OptionAdder(CLI::App& verb, GivenFields& given) : verb_(verb), given_(given) {}

    void operator()(const Field& field, const std::optional<std::string>&) const;
    void operator()(const Field& field, const std::optional<Timestamp>&) const;
    void operator()(const Field& field, const std::optional<std::chrono::seconds>&) const;
    void operator()(const Field& field, const std::optional<std::vector<AddressRange>>&) const;
    template <class Enum>
    void operator()(const Field& field, const std::optional<Enum>&) const {
        add_words(field, enum_words<Enum>());
    }

private:
    void add_text(const Field& field, const std::string& help, const char* type) const;
    void add_words(const Field& field, const std::vector<std::string>& words) const;

    CLI::App& verb_;
    GivenFields& given_;
};

/// Sets the members whose options were given. It stops at the first value that cannot be read.
class OptionReader {
public:
    OptionReader(const GivenFields& given, Timestamp now) : given_(given), now_(now) {}

    /// Returns kInvalidArgument, with a message that names the option, when a value cannot be read.
    const Result<void>& result() const { return result_; }

    void operator()(const Field& field, std::optional<std::string>& text);
    void operator()(const Field& field, std::optional<Timestamp>& time);
    void operator()(const Field& field, std::optional<std::chrono::seconds>& length);
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges);
    template <class Enum>
    void operator()(const Field& field, std::optional<Enum>& word) {
        if (const auto* text = text_of(field)) word = parse_enum<Enum>(*text);
    }

private:
    /// Returns null when the option was not given, or after an error.
    const std::string* text_of(const Field& field) const;

    const GivenFields& given_;
    Timestamp now_;
    Result<void> result_;
};

/// Adds a line for each member that is set.
class FieldShower {
public:
    explicit FieldShower(Details& details) : details_(details) {}

    void operator()(const Field& field, const std::optional<std::chrono::seconds>& length) const;
    void operator()(const Field& field,
                    const std::optional<std::vector<AddressRange>>& ranges) const;
    template <class Enum>
    void operator()(const Field& field, const std::optional<Enum>& word) const {
        if (word) details_.add(std::string(field.title), std::string(to_string(*word)));
    }

private:
    Details& details_;
};

}  // namespace rescuestream::cli
