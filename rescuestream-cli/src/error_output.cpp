#include "error_output.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

#include "exit_code.hpp"
#include "fields/addresses.hpp"
#include "fields/api_credential.hpp"
#include "fields/broadcaster.hpp"
#include "fields/incident.hpp"
#include "fields/node.hpp"
#include "fields/stream_key.hpp"
#include "json/object.hpp"
#include "output.hpp"
#include "support/ascii.hpp"

namespace rescuestream::cli {
namespace {

struct FieldOption {
    std::string_view pointer;
    std::string_view option;
};

// The options and arguments that correspond to members of the HTTP contract which are in no table
// of fields, or which have another name there.
constexpr std::array kFieldOptions{
    FieldOption{"/display_name", "NAME"},
    FieldOption{"/broadcaster_id", "--broadcaster"},
    FieldOption{"/reset", "--reset"},
    FieldOption{"/overlap_seconds", "--overlap"},
    FieldOption{"/block_seconds", "--block"},
    FieldOption{"/node", "--node"},
    FieldOption{"/name", "NAME"},
    FieldOption{"/broadcaster_ids", "--broadcaster"},
    FieldOption{"/stream_key_ids", "--key"},
    FieldOption{"/incident_id", "--incident"},
    FieldOption{"/max_addresses", "--max-addresses"},
    FieldOption{"/max_viewers", "--max-viewers"},
    FieldOption{"/pin", "--pin"},
    FieldOption{"/paths", "PATH"},
    FieldOption{"/expires_in", "--expires"},
    FieldOption{"/viewer_id", "--viewer"},
    FieldOption{"/token_id", "--id"},
    FieldOption{"/max_sessions", "--max-sessions"},
    FieldOption{"/id", "--id"},
    FieldOption{"/expires_at", "--expires"},
    FieldOption{"/expires_at", "--until"},
    FieldOption{"/until_closed", "--until-closed"},
    FieldOption{"/stream_key_id", "--key"},
    FieldOption{"/stream_key_ids", "KEY"},
    FieldOption{"/broadcaster_id", "BROADCASTER"},
    FieldOption{"/allowed_addresses", "--from-address"},
    FieldOption{"/protocols", "--protocol"},
    FieldOption{"/issuer", "--issuer"},
    FieldOption{"/public_key", "FILE"},
    FieldOption{"/jwk", "FILE"},
    FieldOption{"/limit", "--limit"},
    FieldOption{"/offset", "--offset"},
    FieldOption{"/cursor", "--cursor"},
    FieldOption{"/from", "--from"},
    FieldOption{"/to", "--to"},
    FieldOption{"/resource_id", "--resource-id"},
    FieldOption{"/resource_type", "--resource-type"},
    FieldOption{"/action", "--action"},
    FieldOption{"/actor", "--actor"},
    FieldOption{"/path", "MTX_PATH"},
    FieldOption{"/path", "--path"},
    FieldOption{"/source_type", "MTX_SOURCE_TYPE"},
    FieldOption{"/source_id", "MTX_SOURCE_ID"},
};

// A visitor for tables of fields: finds the options of the member to which `pointer` points.
struct FindOption {
    std::string_view pointer;
    std::vector<std::string_view>& options;

    template <class Member>
    void operator()(const Field& field, const Member& member) const {
        if (!pointer.starts_with('/')) return;
        const auto end = pointer.find('/', 1);
        if (pointer.substr(1, end - 1) != field.name) return;
        if constexpr (std::is_same_v<Member, PublicAddresses>) {
            if (end == std::string_view::npos) return;
            fields::for_each_field(member, FindOption{pointer.substr(end), options});
        } else if (!field.option.empty()) {
            options.push_back(field.option);
        }
    }
};

// All options that a member corresponds to in one command or another.
std::vector<std::string_view> options_for(std::string_view pointer) {
    std::vector<std::string_view> options;
    const std::string_view member = pointer.substr(0, pointer.find('/', 1));  // "/reset/0"
    for (const auto& each : kFieldOptions) {
        if (each.pointer == member) options.push_back(each.option);
    }
    const FindOption find{pointer, options};
    const NewStreamKey key{};
    fields::for_each_field(key, find);
    const NewBroadcaster broadcaster{};
    fields::for_each_field(broadcaster, find);
    const NewNode node{};
    fields::for_each_field(node, find);
    const NewApiCredential credential{};
    fields::for_each_field(credential, find);
    const NewIncident incident{};
    fields::for_each_field(incident, find);
    return options;
}

// The option of the command in use; if it has none of them, the usual one.
std::string_view option_of(std::string_view pointer, const CommandOptions& command) {
    const auto options = options_for(pointer);
    for (const auto option : options) {
        if (command.contains(option)) return option;
    }
    return options.empty() ? pointer : options.front();
}

bool is_of_member(char c) {
    return c == '_' || is_lower(c) || is_digit(c);
}

// Members that the text names ("is required without incident_id") as the command's options. A word
// without an underscore may be a word of the sentence.
std::string with_options(std::string_view text, const CommandOptions& command) {
    std::string out;
    while (!text.empty()) {
        const auto begin = static_cast<std::size_t>(
            std::find_if(text.begin(), text.end(), is_of_member) - text.begin());
        out += text.substr(0, begin);
        text.remove_prefix(begin);
        const auto end = static_cast<std::size_t>(
            std::find_if_not(text.begin(), text.end(), is_of_member) - text.begin());
        const auto word = text.substr(0, end);
        text.remove_prefix(end);
        const bool is_alone = out.empty() || out.back() == ' ' || out.back() == '(';
        if (is_alone && word.find('_') != std::string_view::npos) {
            const auto pointer = "/" + std::string(word);
            const auto option = option_of(pointer, command);
            out += option == pointer ? word : option;
        } else {
            out += word;
        }
    }
    return out;
}

// The values of --reset are names of members.
std::string detail_of(const FieldError& field, const CommandOptions& command) {
    return field.pointer.starts_with("/reset") ? field.detail : with_options(field.detail, command);
}

struct ProblemType {
    const char* slug;
    const char* title;
};

ProblemType type_of(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return {"invalid-request", "Invalid Request"};
        case ErrorCode::kNotFound:
            return {"not-found", "Not Found"};
        case ErrorCode::kConflict:
            return {"conflict", "Conflict"};
        case ErrorCode::kForbidden:
            return {"forbidden", "Forbidden"};
        case ErrorCode::kChangedMeanwhile:
            return {"precondition-failed", "Precondition Failed"};
        case ErrorCode::kUnauthorized:
            return {"unauthorized", "Unauthorized"};
        case ErrorCode::kUnavailable:
            return {"unavailable", "Service Unavailable"};
        case ErrorCode::kTimeout:
            return {"timeout", "Timeout"};
        case ErrorCode::kStorageFull:
            return {"storage-full", "Insufficient Storage"};
        case ErrorCode::kUnsupported:
            return {"unsupported", "Not Supported"};
        case ErrorCode::kInternal:
            break;
    }
    return {"internal-error", "Internal Error"};
}

std::string json_of(const Error& error, const CommandOptions& command) {
    return json::object([&](json::Writer& writer) {
        const auto [slug, title] = type_of(error.code);
        json::member(writer, "type", std::string("/errors/") + slug);
        json::member(writer, "title", std::string_view(title));
        json::member(writer, "detail", printable(with_options(error.message, command)));
        json::integer_member(writer, "exit_code", to_int(exit_code_of(error.code)));
        if (!error.detail.empty()) json::member(writer, "cause", printable(error.detail));
        if (error.fields.empty()) return;
        json::write(writer, "errors");
        writer.StartArray();
        for (const auto& field : error.fields) {
            writer.StartObject();
            json::member(writer, "pointer", printable(field.pointer));
            json::member(writer, "option", printable(option_of(field.pointer, command)));
            json::member(writer, "detail", printable(detail_of(field, command)));
            writer.EndObject();
        }
        writer.EndArray();
    });
}

}  // namespace

ErrorForm error_form(const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const bool is_output =
            arguments[i] == "--output" && i + 1 < arguments.size() && arguments[i + 1] == "json";
        if (is_output || arguments[i] == "--json" || arguments[i] == "--output=json") {
            return ErrorForm::kJson;
        }
    }
    return ErrorForm::kText;
}

void show_error(const Error& error, ErrorForm form, Host& host, const CommandOptions& command) {
    if (form == ErrorForm::kJson) {
        host.err << json_of(error, command) << '\n';
        return;
    }
    if (error.fields.empty()) {
        host.err << "rescuestream-cli: " << printable(with_options(error.message, command)) << '\n';
    }
    for (const auto& field : error.fields) {
        host.err << "rescuestream-cli: " << printable(option_of(field.pointer, command)) << ": "
                 << printable(detail_of(field, command)) << '\n';
    }
    if (!error.detail.empty()) host.err << "  (" << printable(error.detail) << ")\n";
}

void show_warning(const std::string& warning, ErrorForm form, Host& host) {
    if (form == ErrorForm::kJson) {
        host.err << json::object([&](json::Writer& writer) {
            json::member(writer, "warning", printable(warning));
        }) << '\n';
        return;
    }
    host.err << "rescuestream-cli: warning: " << printable(warning) << '\n';
}

}  // namespace rescuestream::cli
