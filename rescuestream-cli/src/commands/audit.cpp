#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "commands/audit_chain.hpp"
#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "json/document.hpp"
#include "lists/csv.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

struct AuditOptions {
    AuditFilter filter;
    std::string action;
    std::string actor;
    std::string resource_type;
    std::string resource_id;
    std::string incident;
    std::string from;
    std::string to;
    std::string format = "ndjson";
    ListOptions list;
};

constexpr std::size_t kEntriesOfPart = 1'000;

std::optional<std::string> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

template <class Id>
Result<std::string> id_text(const Result<Id>& id) {
    return id ? Result<std::string>(id->to_string()) : Result<std::string>(id.error());
}

// Returns the id of the resource that the options name.
Result<std::string> resource_id(const AuditOptions& options, AdminApi& admin) {
    const std::string& text = options.resource_id;
    const std::string& type = options.resource_type;
    if (Uuid::parse(text)) return text;
    if (type == "stream_key") return id_text(resolve_stream_key(admin, text));
    if (type == "broadcaster") return id_text(resolve_broadcaster(admin, text));
    if (type == "stream") return id_text(resolve_past_stream(admin, text));
    if (type == "incident") return id_text(resolve_incident(admin, text));
    if (type == "guest_link") return id_text(resolve_guest_link(admin, text));
    return usage_error(
        "--resource-id: must be a UUID; or, with --resource-type stream_key, broadcaster, stream, "
        "incident or guest_link, its name.");
}

Result<AuditFilter> filter_of(const AuditOptions& options, AdminApi& admin) {
    AuditFilter filter = options.filter;
    const Timestamp now = admin.now();
    filter.action = given(options.action);
    filter.actor_contains = given(options.actor);
    filter.resource_type = given(options.resource_type);
    if (!options.resource_id.empty()) {
        auto id = resource_id(options, admin);
        if (!id) return std::move(id).error();
        filter.resource_id = *std::move(id);
    }
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        filter.incident_id = *incident;
    }
    if (!options.from.empty()) {
        const auto from = parse_past(options.from, "--from", now);
        if (!from) return from.error();
        filter.from = *from;
    }
    if (!options.to.empty()) {
        const auto to = parse_past(options.to, "--to", now);
        if (!to) return to.error();
        filter.to = *to;
    }
    return filter;
}

// Returns the first of these members of the metadata that is a text; empty: there is none.
std::string metadata_text(const AuditEntry& entry, std::initializer_list<const char*> members) {
    const auto metadata = json::parse(entry.metadata.text());
    if (!metadata || !metadata->IsObject()) return {};
    for (const char* name : members) {
        const auto found = metadata->FindMember(name);
        if (found == metadata->MemberEnd() || !found->value.IsString()) continue;
        if (found->value.GetStringLength() > 0) return found->value.GetString();
    }
    return {};
}

// Returns the name that the resource had at that time, and that of its broadcaster; or its id.
std::string name_of(const AuditEntry& entry) {
    if (entry.resource_type == "node") return entry.resource_id.value_or("");  // that is its name
    const auto name =
        metadata_text(entry, {"key_name", "display_name", "label", "name", "playback_path", "path",
                              "viewer_id", "token_id", "owner"});
    if (name.empty()) return entry.resource_id.value_or("");
    const auto owner = metadata_text(entry, {"broadcaster_name"});
    return owner.empty() ? name : name + " of " + owner;
}

// Returns what the entry is about; if that has no name and no id, what was called.
std::string resource_of(const AuditEntry& entry) {
    const auto name = name_of(entry);
    if (name.empty()) return entry.request_method + " " + entry.request_path;
    return entry.resource_type ? spoken(*entry.resource_type) + " " + name : name;
}

Cell outcome_of(const AuditEntry& entry) {
    if (entry.outcome == AuditOutcome::kSuccess) return {"success", Colour::kGood};
    return {"failure: " + entry.failure_reason.value_or("no reason given"), Colour::kBad};
}

const std::vector<Column>& audit_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{
        {"id", kWide},       {"time"},         {"who", kAlways, 8}, {"what"},
        {"on", kAlways, 14}, {"route", kWide}, {"from", kWide},     {"outcome", kAlways, 7},
        {"origin", kWide}};
    return columns;
}

ListRow row_of(const AuditEntry& entry) {
    const Cell outcome = outcome_of(entry);
    const std::string on = resource_of(entry);
    return {entry.id.to_string(),
            to_json(entry),
            {text_cell(entry.id.to_string()),
             {{show_moment(entry.timestamp)}, {}, format_rfc3339(entry.timestamp), {}},
             text_cell(entry.actor),
             text_cell(entry.action),
             text_cell(on),
             text_cell(entry.request_method + " " + entry.request_path),
             text_cell(entry.ip_address),
             word_cell(outcome, outcome.text),
             text_cell(std::string(to_string(entry.origin)))}};
}

Result<ListOutput> read_audit(AdminApi& admin, const AuditOptions& options) {
    const auto filter = filter_of(options, admin);
    if (!filter) return filter.error();
    const auto page = admin.audit().list_audit(*filter);
    if (!page) return page.error();
    ListOutput output{"audit_logs", audit_columns(), {}, {}, {}, {}, {}};
    output.empty = "There are no such entries.";
    output.json_tail =
        fmt::format(R"("pagination":{{"limit":{},"offset":{},"total":{},"total_is_exact":{}}})",
                    filter->limit, filter->offset, page->total, page->total_is_exact);
    const auto seen = filter->offset + page->entries.size();
    if (!page->entries.empty() && (seen < page->total || !page->total_is_exact)) {
        const std::string total =
            page->total_is_exact ? std::to_string(page->total) : "more than 10,000";
        output.more =
            fmt::format("{} of {}: continue with --offset {}", page->entries.size(), total, seen);
    }
    for (const auto& entry : page->entries) output.rows.push_back(row_of(entry));
    return output;
}

Result<ExitCode> list(const AuditOptions& options, const Program& program) {
    return run_list(program, options.list, [&](AdminApi& admin, const ListForm& /*form*/) {
        return read_audit(admin, options);
    });
}

void add_filter(CLI::App& verb, AuditOptions& options) {
    verb.add_option("--action", options.action, "create, update, delete, login, ...")
        ->type_name("WORD");
    verb.add_option("--actor", options.actor, "Part of the name of the actor")->type_name("TEXT");
    verb.add_option("--resource-type", options.resource_type, "stream_key, broadcaster, ...")
        ->type_name("WORD");
    verb.add_option("--resource-id", options.resource_id,
                    "The changed resource: its id; or its name, with --resource-type stream_key, "
                    "broadcaster, stream, incident or guest_link")
        ->type_name("ID");
    verb.add_option("--incident", options.incident,
                    "Only about this incident and what belongs to it: id, name or reference")
        ->type_name("INCIDENT");
    verb.add_option("--from", options.from,
                    "Not before: 10:00, 2026-12-01, RFC 3339, or how long ago (12h, 30d)")
        ->type_name("TIME");
    verb.add_option("--to", options.to, "Not after")->type_name("TIME");
}

std::string csv_of(const AuditEntry& entry) {
    const auto text = [](const std::optional<std::string>& value) {
        return CsvField{value.value_or(""), false};
    };
    return csv_line({{entry.id.to_string(), false},
                     {format_rfc3339(entry.timestamp), false},
                     {entry.actor, false},
                     {entry.action, false},
                     text(entry.resource_type),
                     text(entry.resource_id),
                     {entry.request_method, false},
                     {entry.request_path, false},
                     {entry.ip_address, false},
                     {std::string(to_string(entry.outcome)), false},
                     text(entry.failure_reason),
                     {entry.metadata.text(), false},
                     text(entry.request_id),
                     {std::string(to_string(entry.origin)), false}});
}

constexpr const char* kCsvHead =
    "id,timestamp,actor,action,resource_type,resource_id,request_method,request_path,ip_address,"
    "outcome,failure_reason,metadata,request_id,origin\r\n";

// Prints each part before it asks for the next one, so that the log may be larger than the memory.
Result<ExitCode> export_entries(const AuditOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto filter = filter_of(options, **admin);
    if (!filter) return filter.error();
    const bool is_csv = options.format == "csv";
    auto& out = program.host.out;
    if (is_csv) out << kCsvHead;
    PageRequest page{kEntriesOfPart, std::nullopt};
    while (true) {
        const auto part = (*admin)->audit().export_audit(*filter, page);
        if (!part) return part.error();
        for (const auto& entry : part->items) {
            if (is_csv) {
                out << csv_of(entry);
            } else {
                out << to_json(entry) << '\n';
            }
        }
        if (!part->next || !out) return ExitCode::kOk;
        page.after = part->next;
    }
}

}  // namespace

void add_audit_commands(CLI::App& app, Program& program) {
    auto* noun = app.add_subcommand("audit", "Who changed what");
    auto* verb = noun->add_subcommand("list", "List entries, newest first");
    auto options = std::make_shared<AuditOptions>();
    add_filter(*verb, *options);
    verb->add_option("--limit", options->filter.limit, "Maximum number of entries, 1 to 100")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 100).description(""));
    verb->add_option("--offset", options->filter.offset, "Number of the newest entries to skip")
        ->type_name("N")
        ->check(CLI::Range(0, 2'000'000'000).description(""));
    add_list_options(*verb, options->list, audit_columns());
    verb->callback([options, &program] {
        program.action = [options, &program] { return list(*options, program); };
    });

    auto* exporting =
        noun->add_subcommand("export", "Print all entries, newest first, as NDJSON or CSV");
    auto export_options = std::make_shared<AuditOptions>();
    add_filter(*exporting, *export_options);
    exporting
        ->add_option("--format", export_options->format,
                     "ndjson (one JSON object in each line) or csv")
        ->type_name("FORM")
        ->capture_default_str()
        ->check(CLI::IsMember(std::vector<std::string>{"ndjson", "csv"}).description(""));
    exporting->callback([export_options, &program] {
        program.action = [export_options, &program] {
            return export_entries(*export_options, program);
        };
    });
    add_chain_commands(*noun, program);
}

}  // namespace rescuestream::cli
