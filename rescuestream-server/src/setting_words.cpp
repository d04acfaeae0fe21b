#include "setting_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rescuestream::server::words {
namespace {

using readers::Problem;

template <class Value>
struct Word {
    std::string_view text;
    Value value;
};

constexpr std::array kLogLevels{
    Word<LogThreshold>{"trace", LogThreshold::kTrace},
    Word<LogThreshold>{"debug", LogThreshold::kDebug},
    Word<LogThreshold>{"info", LogThreshold::kInfo},
    Word<LogThreshold>{"warn", LogThreshold::kWarning},
    Word<LogThreshold>{"error", LogThreshold::kError},
    Word<LogThreshold>{"off", LogThreshold::kOff},
};
constexpr std::array kLogFormats{
    Word<LogFormat>{"text", LogFormat::kText},
    Word<LogFormat>{"json", LogFormat::kJson},
};
constexpr std::array kLegacyPathKeys{
    Word<LegacyPathKeys>{"relay", LegacyPathKeys::kRelay},
    Word<LegacyPathKeys>{"expose", LegacyPathKeys::kExpose},
    Word<LegacyPathKeys>{"deny", LegacyPathKeys::kDeny},
};
constexpr std::string_view kWhenAsked = "kick, once MediaMTX has been seen to ask";
constexpr std::array kUnknownPublishers{
    Word<UnknownPublisher>{"kick", UnknownPublisher::kKick},
    Word<UnknownPublisher>{"adopt", UnknownPublisher::kAdopt},
    Word<UnknownPublisher>{"ignore", UnknownPublisher::kIgnore},
};

constexpr std::array kDatabaseOutages{
    Word<DatabaseOutage>{"deny", DatabaseOutage::kDeny},
    Word<DatabaseOutage>{"grace", DatabaseOutage::kGrace},
};

template <class Words, class Value>
Problem read(const Words& words, const std::string& text, Value& out) {
    // People write them as other programs want them: LOG_LEVEL=INFO.
    const std::string lower = readers::lower(text);
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const auto& word) { return word.text == lower; });
    if (found != words.end()) {
        out = found->value;
        return std::nullopt;
    }
    std::string problem = "must be ";
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) problem += i + 1 == words.size() ? " or " : ", ";
        problem += words[i].text;
    }
    return problem;
}

template <class Words, class Value>
std::string show(const Words& words, Value value) {
    const auto found = std::find_if(words.begin(), words.end(),
                                    [&](const auto& word) { return word.value == value; });
    return std::string(found->text);
}

}  // namespace

Problem read_log_level(const std::string& text, Settings& settings) {
    // What other programs call it.
    return read(kLogLevels, readers::lower(text) == "warning" ? "warn" : text, settings.log_level);
}

std::string show_log_level(const Settings& settings) {
    return show(kLogLevels, settings.log_level);
}

Problem read_log_format(const std::string& text, Settings& settings) {
    return read(kLogFormats, text, settings.log_format);
}

std::string show_log_format(const Settings& settings) {
    return show(kLogFormats, settings.log_format);
}

Problem read_legacy_path_keys(const std::string& text, Settings& settings) {
    return read(kLegacyPathKeys, text, settings.legacy_path_keys);
}

std::string show_legacy_path_keys(const Settings& settings) {
    return show(kLegacyPathKeys, settings.legacy_path_keys);
}

Problem read_on_duplicate(const std::string& text, Settings& settings) {
    const auto value = parse_enum<OnDuplicate>(readers::lower(text));
    if (!value) return "must be reject_if_healthy, reject or takeover";
    settings.on_duplicate = *value;
    return std::nullopt;
}

std::string show_on_duplicate(const Settings& settings) {
    return std::string(to_string(settings.on_duplicate));
}

Problem read_unknown_publisher(const std::string& text, Settings& settings) {
    UnknownPublisher value{};
    const auto problem = read(kUnknownPublishers, text, value);
    if (!problem) settings.unknown_publisher = value;
    return problem;
}

std::string show_unknown_publisher(const Settings& settings) {
    if (!settings.unknown_publisher) return std::string(kWhenAsked);
    return show(kUnknownPublishers, *settings.unknown_publisher);
}

Problem read_database_outage(const std::string& text, Settings& settings) {
    return read(kDatabaseOutages, text, settings.database_outage);
}

std::string show_database_outage(const Settings& settings) {
    return show(kDatabaseOutages, settings.database_outage);
}

}  // namespace rescuestream::server::words
