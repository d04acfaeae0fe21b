#include "orchestrator/audit.hpp"

#include <algorithm>
#include <array>

#include "json/audit_names.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"
#include "support/make_uuid.hpp"
#include "support/validation.hpp"

namespace rescuestream {
namespace {

struct EventMeaning {
    std::string_view event_type;
    std::string_view action;
    std::string_view resource_type;  // empty: no type
};

// Terms of the web front end.
constexpr std::array<EventMeaning, 12> kEventMeanings{{
    {"stream_started", "started_stream", ""},
    {"login", "login", ""},
    {"user_login", "login", ""},
    {"logout", "logout", ""},
    {"user_logout", "logout", ""},
    {"stream_key_created", "create", "stream_key"},
    {"stream_key_updated", "update", "stream_key"},
    {"stream_key_deleted", "delete", "stream_key"},
    {"stream_key_revoked", "delete", "stream_key"},
    {"broadcaster_created", "create", "broadcaster"},
    {"broadcaster_updated", "update", "broadcaster"},
    {"broadcaster_deleted", "delete", "broadcaster"},
}};

// Actors of the server's own entries: the server, MediaMTX, the shared secret, and a program that
// uses the library and gave no actor.
constexpr std::array<std::string_view, 5> kReservedActors{
    "rescuestream", "media-server", "api-secret", "library", kUnauthenticated};

constexpr std::string_view kServerSource = "server";

constexpr std::size_t kMaxWord = 64;
constexpr std::size_t kMaxReason = 2'000;
constexpr std::size_t kMaxPath = 2'048;

bool is_word(std::string_view text) noexcept {
    if (text.empty() || text.size() > kMaxWord || text.front() < 'a' || text.front() > 'z') {
        return false;
    }
    for (const char c : text) {
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.') return false;
    }
    return true;
}

// Escape sequences can hide a key value from a search in the text, so the object is written anew
// first.
JsonObject without_key_values(const JsonObject& metadata) {
    std::string text = metadata.text();
    if (text.find('\\') != std::string::npos) {
        const auto document = json::parse(text);
        if (document) {
            rapidjson::StringBuffer buffer;
            json::Writer writer(buffer);
            document->Accept(writer);
            text.assign(buffer.GetString(), buffer.GetSize());
        }
    }
    const std::string redacted = redact_key_values(text);
    // Two member names that were key values are masked to the same name. The result is not a valid
    // object, so all metadata is dropped.
    return redacted == text ? metadata : JsonObject::parse(redacted).value_or(JsonObject{});
}

std::optional<std::string> redacted(const std::optional<std::string>& text) {
    return text ? std::optional<std::string>(redact_key_values(*text)) : std::nullopt;
}

// Names are compared without surrounding blanks and without regard to case.
std::string folded(std::string_view name) {
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    std::string text(name);
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

// Actor of a command line that works on the database: `cli:` and a user of the machine. A command
// line that uses a server signs its requests with that name and may report events of its own.
bool is_name_of_command_line(std::string_view name) {
    return folded(name).starts_with("cli:");
}

bool says_server(const JsonObject& metadata) {
    const auto document = json::parse(metadata.text());
    if (!document || !document->IsObject()) return false;
    const auto source = document->FindMember("source");
    return source != document->MemberEnd() && source->value.IsString() &&
           folded({source->value.GetString(), source->value.GetStringLength()}) == kServerSource;
}

AuditEntry entry_of(const Caller& caller, Timestamp now, RandomSource& random) {
    AuditEntry entry;
    entry.id = AuditEntryId(make_uuid(now, random));
    entry.timestamp = now;
    entry.actor = redact_key_values(caller.actor);
    entry.request_method = caller.request_method;
    entry.request_path = redact_key_values(caller.request_path);
    entry.ip_address = caller.ip_address;
    entry.request_id = caller.request_id;
    return entry;
}

}  // namespace

AuditEntry make_audit_entry(const AuditSubject& subject, const Caller& caller, Timestamp now,
                            RandomSource& random) {
    AuditEntry entry = entry_of(caller, now, random);
    entry.origin = AuditOrigin::kServer;
    entry.action = subject.action;
    entry.resource_type = std::string(subject.resource_type);
    entry.resource_id = subject.resource_id;

    entry.metadata =
        json::with_names(json::with_names({}, {{"source", kServerSource}}), subject.facts);
    return entry;
}

bool is_reserved_actor(std::string_view name) {
    const std::string text = folded(name);
    return std::find(kReservedActors.begin(), kReservedActors.end(), text) != kReservedActors.end();
}

Result<AuditEntry> make_audit_entry(const NewAuditEvent& event, const Caller& caller, Timestamp now,
                                    RandomSource& random) {
    Validation validation;
    if (!is_word(event.event_type)) {
        validation.add("/event_type",
                       "must be 1 to 64 characters of a-z, 0-9, '_' and '.', beginning with a "
                       "letter");
    }
    if (event.actor) validation.text("/actor", *event.actor, kMaxName, false);
    if (event.actor && *event.actor != caller.actor &&
        (is_reserved_actor(*event.actor) || is_name_of_command_line(*event.actor))) {
        validation.add("/actor",
                       "must not be a name that the server's own entries have (rescuestream, "
                       "media-server, api-secret, library, cli:...)");
    }
    if (says_server(event.metadata)) {
        validation.add("/metadata/source",
                       "must not be \"server\": only the server's own entries say so");
    }
    if (event.resource_type && !is_word(*event.resource_type)) {
        validation.add("/resource_type", "must be a word of a-z, 0-9, '_' and '.'");
    }
    if (event.resource_id) validation.uuid("/resource_id", *event.resource_id);
    if (event.request_method) validation.text("/request_method", *event.request_method, 32, false);
    if (event.request_path) validation.text("/request_path", *event.request_path, kMaxPath, true);
    if (event.failure_reason) {
        validation.text("/failure_reason", *event.failure_reason, kMaxReason, true);
    }
    if (validation.failed()) return std::move(validation).error();

    AuditEntry entry = entry_of(caller, now, random);
    entry.origin = AuditOrigin::kApi;
    entry.action = event.event_type;
    for (const auto& meaning : kEventMeanings) {
        if (meaning.event_type != event.event_type) continue;
        entry.action = meaning.action;
        if (!meaning.resource_type.empty()) entry.resource_type = meaning.resource_type;
    }
    if (event.resource_type) entry.resource_type = event.resource_type;
    if (event.resource_id) entry.resource_id = Uuid::parse(*event.resource_id)->to_string();
    if (event.actor) entry.actor = redact_key_values(*event.actor);
    if (event.request_method) entry.request_method = *event.request_method;
    if (event.request_path) entry.request_path = redact_key_values(*event.request_path);
    entry.outcome = event.outcome.value_or(AuditOutcome::kSuccess);
    entry.failure_reason = redacted(event.failure_reason);
    entry.metadata = without_key_values(event.metadata);
    return entry;
}

}  // namespace rescuestream
