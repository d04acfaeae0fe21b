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
    FieldOption{"/source_type", "MTX_SOURCE_TYPE"},
    FieldOption{"/source_id", "MTX_SOURCE_ID"},
};

// A visitor for tables of fields: finds the option of the member to which `pointer` points.
struct FindOption {
    std::string_view pointer;
    std::string_view& option;

    template <class Member>
    void operator()(const Field& field, const Member& member) const {
        if (!pointer.starts_with('/')) return;
        const auto end = pointer.find('/', 1);
        if (pointer.substr(1, end - 1) != field.name) return;
        if constexpr (std::is_same_v<Member, PublicAddresses>) {
            if (end == std::string_view::npos) return;
            fields::for_each_field(member, FindOption{pointer.substr(end), option});
        } else if (!field.option.empty()) {
            option = field.option;
        }
    }
};

std::string_view option_of(std::string_view pointer) {
    const std::string_view member = pointer.substr(0, pointer.find('/', 1));  // "/reset/0"
    const auto* found =
        std::find_if(kFieldOptions.begin(), kFieldOptions.end(),
                     [&](const FieldOption& each) { return each.pointer == member; });
    if (found != kFieldOptions.end()) return found->option;
    std::string_view option = pointer;
    const FindOption find{pointer, option};
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
    return option;
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

std::string json_of(const Error& error) {
    return json::object([&](json::Writer& writer) {
        const auto [slug, title] = type_of(error.code);
        json::member(writer, "type", std::string("/errors/") + slug);
        json::member(writer, "title", std::string_view(title));
        json::member(writer, "detail", printable(error.message));
        json::integer_member(writer, "exit_code", to_int(exit_code_of(error.code)));
        if (!error.detail.empty()) json::member(writer, "cause", printable(error.detail));
        if (error.fields.empty()) return;
        json::write(writer, "errors");
        writer.StartArray();
        for (const auto& field : error.fields) {
            writer.StartObject();
            json::member(writer, "pointer", printable(field.pointer));
            json::member(writer, "option", printable(option_of(field.pointer)));
            json::member(writer, "detail", printable(field.detail));
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

void show_error(const Error& error, ErrorForm form, Host& host) {
    if (form == ErrorForm::kJson) {
        host.err << json_of(error) << '\n';
        return;
    }
    if (error.fields.empty()) {
        host.err << "rescuestream-cli: " << printable(error.message) << '\n';
    }
    for (const auto& field : error.fields) {
        host.err << "rescuestream-cli: " << printable(option_of(field.pointer)) << ": "
                 << printable(field.detail) << '\n';
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
