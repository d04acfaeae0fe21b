#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields/api_credential.hpp"
#include "fields/broadcaster.hpp"
#include "fields/incident.hpp"
#include "fields/node.hpp"
#include "fields/stream_key.hpp"
#include "rescuestream/address_range.hpp"
#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/scopes.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace CLI {
class App;
}

/// Visitors for tables of fields (fields/field.hpp). They present the members of a record as
/// options of a command.
namespace rescuestream::cli {

class AdminApi;

/// The values that were given on the command line, by the names of the members.
struct GivenFields {
    std::map<std::string_view, std::optional<std::string>> texts;
    std::map<std::string_view, std::vector<std::string>> lists;  ///< Values of repeatable options.

    bool empty() const;
};

/// Adds an option to `verb` for each member that has one. The values are stored in `given`, which
/// must outlive `verb`.
class OptionAdder {
public:
    /// kAll: the verb creates a record, so options of required members are required.
    enum class Required { kNone, kAll };

    OptionAdder(CLI::App& verb, GivenFields& given, Required required = Required::kNone)
        : verb_(verb), given_(given), required_(required) {}

    /// Adds the member as a required argument without an option's name.
    void argument(const Field& field, const char* name) const;

    void operator()(const Field& field, const std::string&) const;
    void operator()(const Field& field, const Secret&) const;
    void operator()(const Field& field, const JsonObject&) const;
    void operator()(const Field& field, Timestamp) const;
    void operator()(const Field& field, std::chrono::seconds) const;
    void operator()(const Field& field, std::uint64_t bitrate) const;
    void operator()(const Field& field, std::uint32_t number) const;
    void operator()(const Field& field, const std::vector<AddressRange>&) const;
    void operator()(const Field& field, const std::vector<BroadcasterId>&) const;
    void operator()(const Field& field, Scopes) const;
    void operator()(const Field& field, const PublicAddresses&) const;
    void operator()(const Field& field, const AddressPatch&) const;
    /// A flag has no option: it is set by a verb.
    void operator()(const Field& /*field*/, bool) const {}
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, Enum) const { add_words(field, enum_words<Enum>()); }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, const std::vector<Enum>&) const {
        add_list_of_words(field, enum_words<Enum>());
    }
    template <class T>
    void operator()(const Field& field, const std::optional<T>&) const {
        (*this)(field, T{});
    }

private:
    void add_list(const Field& field, const char* type) const;
    void add_text(const Field& field, const std::string& help, std::string_view type) const;
    void add_words(const Field& field, const std::vector<std::string>& words) const;
    void add_list_of_words(const Field& field, const std::vector<std::string>& words) const;

    CLI::App& verb_;
    GivenFields& given_;
    Required required_;
};

/// Sets the members whose options were given. It stops at the first value that cannot be read.
class OptionReader {
public:
    OptionReader(const GivenFields& given, Timestamp now) : given_(given), now_(now) {}

    /// Returns kInvalidArgument, with a message that names the option, when a value cannot be read.
    const Result<void>& result() const { return result_; }

    void operator()(const Field& field, std::optional<std::string>& text);
    /// The option's value is the name of a file, which contains the secret.
    void operator()(const Field& field, std::optional<Secret>& secret);
    void operator()(const Field& field, std::optional<JsonObject>& object);
    void operator()(const Field& field, std::optional<Timestamp>& time);
    void operator()(const Field& field, std::optional<std::chrono::seconds>& length);
    void operator()(const Field& field, std::optional<std::uint64_t>& bitrate);
    void operator()(const Field& field, std::optional<std::uint32_t>& number);
    void operator()(const Field& field, std::optional<std::vector<AddressRange>>& ranges);
    void operator()(const Field& field, std::optional<std::vector<BroadcasterId>>& ids);
    void operator()(const Field& field, std::optional<Scopes>& scopes);
    void operator()(const Field& field, AddressPatch& addresses);
    void operator()(const Field& field, PublicAddresses& addresses);
    void operator()(const Field& /*field*/, std::optional<bool>&) {}
    template <class Enum>
    void operator()(const Field& field, std::optional<Enum>& word) {
        if (const auto* text = text_of(field)) word = parse_enum<Enum>(*text);
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    void operator()(const Field& field, std::optional<std::vector<Enum>>& words) {
        const auto found = given_.lists.find(field.name);
        if (found == given_.lists.end() || found->second.empty()) return;
        words.emplace();
        for (const auto& text : found->second) {
            if (const auto word = parse_enum<Enum>(text)) words->push_back(*word);
        }
    }
    template <class T>
    void operator()(const Field& field, T& member) {
        std::optional<T> given;
        (*this)(field, given);
        if (given) member = *std::move(given);
    }

private:
    /// Returns null when the option was not given, or after an error.
    const std::string* text_of(const Field& field) const;
    /// Calls `parse` for each value of a repeatable option, which returns an optional; `what` says
    /// what a value must be. Returns nothing when none was given, or one is wrong.
    template <class T, class Parse>
    std::optional<std::vector<T>> list_of(const Field& field, std::string_view what, Parse parse);

    const GivenFields& given_;
    Timestamp now_;
    Result<void> result_;
};

/// Replaces the names of broadcasters in the values of `field` by their ids.
Result<void> resolve_broadcasters(GivenFields& given, const Field& field, AdminApi& admin);

/// Sets the members of `input` that were given on the command line.
template <class Input>
Result<void> read_fields(const GivenFields& given, Timestamp now, Input& input) {
    OptionReader reader(given, now);
    fields::for_each_field(input, reader);
    return reader.result();
}

}  // namespace rescuestream::cli
