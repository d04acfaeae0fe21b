#include "commands/field_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "arguments.hpp"
#include "commands/options.hpp"
#include "fields/addresses.hpp"
#include "files.hpp"
#include "output.hpp"
#include "support/text.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::seconds;

// Returns a duration as it is written on a command line, such as "30m".
std::string written_length(std::int64_t count) {
    for (const auto& [unit, letter] : {std::pair{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}}) {
        if (count > 0 && count % unit == 0) return fmt::format("{}{}", count / unit, letter);
    }
    return count == 0 ? "0" : fmt::format("{}s", count);
}

std::string help_of(const Field& field, const std::string& range = {}) {
    std::string help = std::string(field.help) + range;
    if (!field.otherwise.empty()) help += fmt::format(" ({})", field.otherwise);
    return help;
}

std::string text_help_of(const Field& field) {
    const bool has_range = field.text == TextRule::kName && field.min > 0;
    return help_of(field, has_range ? fmt::format(", {} to {} characters", field.min, field.max)
                                    : std::string());
}

std::string_view type_of(TextRule rule) {
    switch (rule) {
        case TextRule::kName:
        case TextRule::kNodeName:
            return "TEXT";
        case TextRule::kPath:
            return "PATH";
        case TextRule::kControlInterface:
        case TextRule::kPublicAddress:
            return "URL";
    }
    return "TEXT";
}

// "800k", "6M" or "6000000".
std::optional<std::uint64_t> parse_bitrate(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    const std::uint64_t factor = unit == "M" ? 1'000'000 : unit == "k" ? 1'000 : 1;
    constexpr std::uint64_t kMost = 1'000'000'000'000;
    const bool is_known = unit.empty() || factor > 1;
    if (error != std::errc{} || !is_known || number > kMost / factor) return std::nullopt;
    return number * factor;
}

}  // namespace

bool GivenFields::empty() const {
    return std::none_of(texts.begin(), texts.end(), [](const auto& t) { return t.second; }) &&
           std::all_of(lists.begin(), lists.end(), [](const auto& l) { return l.second.empty(); });
}

void OptionAdder::argument(const Field& field, const char* name) const {
    verb_.add_option(name, given_.texts[field.name], text_help_of(field))
        ->required()
        ->type_name("");
}

void OptionAdder::add_text(const Field& field, const std::string& help,
                           std::string_view type) const {
    if (field.option.empty()) return;
    verb_.add_option(std::string(field.option), given_.texts[field.name], help)
        ->type_name(std::string(field.placeholder.empty() ? type : field.placeholder))
        ->required(field.is_required && required_ == Required::kAll);
}

void OptionAdder::add_words(const Field& field, const std::vector<std::string>& words) const {
    one_of(verb_.add_option(std::string(field.option), given_.texts[field.name], help_of(field)),
           words);
}

void OptionAdder::add_list_of_words(const Field& field,
                                    const std::vector<std::string>& words) const {
    one_of(verb_.add_option(std::string(field.option), given_.lists[field.name],
                            help_of(field, "; may be repeated")),
           words)
        ->delimiter(',')
        ->allow_extra_args(false);
}

void OptionAdder::operator()(const Field& field, const std::string&) const {
    add_text(field, text_help_of(field), type_of(field.text));
}

void OptionAdder::operator()(const Field& field, const Secret&) const {
    add_text(field, help_of(field), "FILE");
}

void OptionAdder::operator()(const Field& field, const JsonObject&) const {
    add_text(field, help_of(field), "JSON");
}

void OptionAdder::operator()(const Field& field, Timestamp) const {
    add_text(field, help_of(field), "TIME");
}

void OptionAdder::operator()(const Field& field, seconds) const {
    const std::string range =
        fmt::format(", {} to {}", written_length(field.min), written_length(field.max));
    add_text(field, help_of(field, range), "LENGTH");
}

void OptionAdder::operator()(const Field& field, std::uint64_t) const {
    add_text(field, help_of(field, ", such as 800k or 6M"), "BITRATE");
}

void OptionAdder::operator()(const Field& field, std::uint32_t) const {
    add_text(field, help_of(field, fmt::format(", {} to {}", field.min, field.max)), "NUMBER");
}

void OptionAdder::add_list(const Field& field, const char* type) const {
    verb_
        .add_option(std::string(field.option), given_.lists[field.name],
                    help_of(field, "; may be repeated"))
        ->type_name(type)
        ->delimiter(',')
        ->required(field.is_required && required_ == Required::kAll)
        ->allow_extra_args(false);
}

void OptionAdder::operator()(const Field& field, const std::vector<AddressRange>&) const {
    add_list(field, "RANGE");
}

void OptionAdder::operator()(const Field& field, const std::vector<BroadcasterId>&) const {
    add_list(field, "BROADCASTER");
}

void OptionAdder::operator()(const Field& field, Scopes) const {
    add_list(field, "SCOPE");
}

void OptionAdder::operator()(const Field& /*field*/, const PublicAddresses& addresses) const {
    fields::for_each_field(addresses, *this);
}

void OptionAdder::operator()(const Field& /*field*/, const AddressPatch& addresses) const {
    fields::for_each_field(addresses, *this);
}

const std::string* OptionReader::text_of(const Field& field) const {
    const auto found = given_.texts.find(field.name);
    if (!result_ || found == given_.texts.end() || !found->second) return nullptr;
    return &*found->second;
}

void OptionReader::operator()(const Field& field, std::optional<std::string>& text) {
    if (const auto* given = text_of(field)) text = *given;
}

void OptionReader::operator()(const Field& field, std::optional<Secret>& secret) {
    const auto* file = text_of(field);
    if (file == nullptr) return;
    auto read = read_secret_file(*file, field.option);
    if (read) {
        secret = *std::move(read);
    } else {
        result_ = std::move(read).error();
    }
}

void OptionReader::operator()(const Field& field, std::optional<JsonObject>& object) {
    const auto* text = text_of(field);
    if (text == nullptr) return;
    auto parsed = parse_metadata(*text);
    if (parsed) {
        object = *std::move(parsed);
    } else {
        result_ = std::move(parsed).error();
    }
}

void OptionReader::operator()(const Field& /*field*/, AddressPatch& addresses) {
    fields::for_each_field(addresses, *this);
}

void OptionReader::operator()(const Field& field, PublicAddresses& addresses) {
    AddressPatch given;
    (*this)(field, given);
    addresses = fields::changed_addresses(std::move(addresses), given);
}

void OptionReader::operator()(const Field& field, std::optional<Timestamp>& time) {
    const auto* text = text_of(field);
    if (text == nullptr) return;
    const auto parsed = parse_future(*text, field.option, now_);
    if (parsed) {
        time = *parsed;
    } else {
        result_ = parsed.error();
    }
}

void OptionReader::operator()(const Field& field, std::optional<seconds>& length) {
    const auto* text = text_of(field);
    if (text == nullptr) return;
    const auto parsed = parse_length(*text, field.option);
    if (parsed) {
        length = *parsed;
    } else {
        result_ = parsed.error();
    }
}

template <class T, class Parse>
std::optional<std::vector<T>> OptionReader::list_of(const Field& field, std::string_view what,
                                                    Parse parse) {
    const auto found = given_.lists.find(field.name);
    if (!result_ || found == given_.lists.end() || found->second.empty()) return std::nullopt;
    std::vector<T> items;
    for (const auto& text : found->second) {
        auto item = parse(text);
        if (!item) {
            result_ = usage_error(
                fmt::format("{}: \"{}\" must be {}.", field.option, printable(text), what));
            return std::nullopt;
        }
        items.push_back(*std::move(item));
    }
    return items;
}

void OptionReader::operator()(const Field& field, std::optional<std::vector<BroadcasterId>>& ids) {
    if (auto given = list_of<BroadcasterId>(field, "the id of a broadcaster (a UUID)",
                                            BroadcasterId::parse)) {
        ids = *std::move(given);
    }
}

void OptionReader::operator()(const Field& field, std::optional<Scopes>& scopes) {
    const auto given =
        list_of<Scope>(field, "one of " + listed(enum_words<Scope>()),
                       [](const std::string& name) { return parse_enum<Scope>(name); });
    if (!given) return;
    scopes.emplace();
    for (const Scope scope : *given) scopes->add(scope);
}

void OptionReader::operator()(const Field& field, std::optional<std::uint64_t>& bitrate) {
    const auto* text = text_of(field);
    if (text == nullptr) return;
    bitrate = parse_bitrate(*text);
    if (bitrate) return;
    result_ = usage_error(
        fmt::format("{}: \"{}\" is not a number of bits per second. Write it like 800k or 6M.",
                    field.option, printable(*text)));
}

void OptionReader::operator()(const Field& field, std::optional<std::uint32_t>& number) {
    const auto* text = text_of(field);
    if (text == nullptr) return;
    std::uint32_t value = 0;
    const char* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, value);
    if (error == std::errc{} && rest == end && value >= field.min && value <= field.max) {
        number = value;
        return;
    }
    result_ = usage_error(fmt::format("{}: \"{}\" is not a whole number from {} to {}.",
                                      field.option, printable(*text), field.min, field.max));
}

void OptionReader::operator()(const Field& field,
                              std::optional<std::vector<AddressRange>>& ranges) {
    const auto found = given_.lists.find(field.name);
    if (found == given_.lists.end() || found->second.empty()) return;
    ranges.emplace();
    for (const auto& text : found->second) {
        const auto range = AddressRange::parse(text);
        if (!range) {
            if (result_) {
                result_ = usage_error(fmt::format("{}: \"{}\" {}.", field.option, printable(text),
                                                  range.error().message));
            }
            return;
        }
        ranges->push_back(*range);
    }
}

Result<void> resolve_broadcasters(GivenFields& given, const Field& field, AdminApi& admin) {
    const auto found = given.lists.find(field.name);
    if (found == given.lists.end()) return {};
    for (auto& text : found->second) {
        const auto id = resolve_broadcaster(admin, text);
        if (!id) return id.error();
        text = id->to_string();
    }
    return {};
}

}  // namespace rescuestream::cli
