#include "commands/refusal_text.hpp"

#include <fmt/format.h>

#include "output.hpp"

namespace rescuestream::cli {

std::string show_refusal(const RefusedAttempt& attempt) {
    const bool reads = attempt.action == RefusedAction::kRead;
    return fmt::format(
        "{}{} {} from {}", reads ? "reading: " : "", spoken(attempt.reason), attempt.path,
        attempt.remote_address.empty() ? "an unknown address" : attempt.remote_address);
}

std::string show_refused_protocol(const RefusedAttempt& attempt) {
    const bool is_guest = attempt.protocol == Protocol::kUnknown && attempt.reason == "wrong_pin";
    return is_guest ? "page" : std::string(to_string(attempt.protocol));
}

std::string show_refused_key(const RefusedAttempt& attempt) {
    if (!attempt.stream_key_id) return "-";
    std::string name = attempt.stream_key_id->to_string();
    if (attempt.playback_path) name = *attempt.playback_path;
    if (attempt.key_label && !attempt.key_label->empty()) name = *attempt.key_label;
    if (attempt.broadcaster_name) name += " (" + *attempt.broadcaster_name + ")";
    return name;
}

}  // namespace rescuestream::cli
