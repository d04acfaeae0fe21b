#include "routes/auth_question.hpp"

#include <array>
#include <string>
#include <utility>

#include "json/document.hpp"
#include "support/ip_address.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

struct Member {
    std::string_view name;
    std::string_view Question::*value;
};

constexpr std::array<Member, 10> kMembers{{{"ip", &Question::ip},
                                           {"user", &Question::user},
                                           {"password", &Question::password},
                                           {"token", &Question::token},
                                           {"action", &Question::action},
                                           {"path", &Question::path},
                                           {"protocol", &Question::protocol},
                                           {"id", &Question::id},
                                           {"query", &Question::query},
                                           {"userAgent", &Question::user_agent}}};

Error malformed(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

}  // namespace

Error wrong_member(std::string_view member, const char* what) {
    const std::string name(member);
    return {ErrorCode::kInvalidArgument,
            "The member " + name + " " + what + ".",
            {},
            {{"/" + name, what}}};
}

std::optional<Error> read_question(std::string& buffer, Question& question) {
    // RapidJSON would take a NUL character for the end and never see what follows; and its own
    // check of the encoding reads beyond the end when the last character is incomplete.
    if (!is_clean_utf8(buffer)) {
        return malformed("The body is not valid UTF-8, or has a NUL character in it.");
    }
    json::SmallMemory memory;
    auto document = json::parse_in_place(buffer, memory);
    if (!document) return std::move(document).error();
    if (!document->IsObject()) return malformed("The body must be a JSON object.");
    unsigned seen = 0;
    for (const auto& [name, value] : document->GetObject()) {
        const std::string_view given(name.GetString(), name.GetStringLength());
        for (std::size_t i = 0; i < kMembers.size(); ++i) {
            if (kMembers[i].name != given) continue;
            const unsigned bit = 1U << i;
            if ((seen & bit) != 0) return wrong_member(given, "is given twice");
            seen |= bit;
            if (value.IsNull()) break;
            if (!value.IsString()) return wrong_member(given, "must be a string");
            const std::string_view text(value.GetString(), value.GetStringLength());
            if (text.find('\0') != std::string_view::npos) {
                return wrong_member(given, "must not contain a NUL character");
            }
            question.*(kMembers[i].value) = text;
            break;
        }
    }
    if (question.id.size() > kMaxConnectionId || has_control_character(question.id)) {
        return wrong_member("id", "is not a connection id");
    }
    question.ip = without_mapping(question.ip);
    return std::nullopt;
}

Protocol protocol_of(const Question& question) {
    return parse_enum<Protocol>(question.protocol).value_or(Protocol::kUnknown);
}

std::optional<ConnectionId> connection_of(const Question& question) {
    if (question.id.empty()) return std::nullopt;
    return ConnectionId{std::string(question.id)};
}

}  // namespace rescuestream::server
