#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <set>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/refusal_text.hpp"
#include "output.hpp"
#include "program.hpp"
#include "rescuestream/json.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::chrono::milliseconds kLookAgain{1'000};
// Other servers store what they refused some seconds later.
constexpr std::chrono::seconds kLateness{10};
constexpr std::size_t kMostFollowed = 1'000;
constexpr std::size_t kMostRemembered = 100'000;

struct RefusalOptions {
    std::string address;
    std::string path;
    std::string reason;
    std::string key;
    std::string incident;
    std::string since;
    std::size_t limit = 100;
    bool follows = false;
    ListOptions list;
};

std::optional<std::string> if_given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

Result<RefusedAttemptFilter> refusal_filter(const RefusalOptions& options, AdminApi& admin) {
    RefusedAttemptFilter filter;
    filter.limit = options.limit;
    filter.network = if_given(options.address);
    filter.path = if_given(options.path);
    filter.reason = if_given(options.reason);
    if (filter.reason) std::replace(filter.reason->begin(), filter.reason->end(), ' ', '_');
    if (!options.key.empty()) {
        const auto key = resolve_stream_key(admin, options.key);
        if (!key) return key.error();
        filter.stream_key_id = *key;
    }
    if (!options.incident.empty()) {
        const auto incident = resolve_incident(admin, options.incident);
        if (!incident) return incident.error();
        filter.incident_id = *incident;
    }
    if (!options.since.empty()) {
        const auto since = parse_past(options.since, "--since", admin.now());
        if (!since) return since.error();
        filter.since = *since;
    }
    return filter;
}

// What the reasons of a table mean and what to do, each once.
void print_explanations(const Program& program, const std::vector<RefusedAttempt>& attempts) {
    std::set<std::string> told;
    for (const auto& attempt : attempts) {
        const auto explanation = explain_refusal(attempt);
        if (!told.insert(explanation).second) continue;
        program.host.out << (told.size() == 1 ? "\n" : "")
                         << printable(spoken(attempt.reason) + ": " + explanation) << '\n';
    }
}

const std::vector<Column>& refusal_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{{"id", kWide},
                                             {"last"},
                                             {"times"},
                                             {"reason"},
                                             {"path", kAlways, 12},
                                             {"from"},
                                             {"protocol"},
                                             {"key", kAlways, 8},
                                             {"first", kWide},
                                             {"user_agent", kWide, 12},
                                             {"node", kOnRequest},
                                             {"stream_key_id", kOnRequest},
                                             {"what_to_do", kOnRequest}};
    return columns;
}

ListRow row_of_refusal(const RefusedAttempt& attempt, Timestamp now) {
    const bool reads = attempt.action == RefusedAction::kRead;
    const std::string key = show_refused_key(attempt);
    return {
        attempt.id.to_string(),
        to_json(attempt),
        {text_cell(attempt.id.to_string()), time_cell(attempt.last_at, now),
         number_cell(attempt.times),
         word_cell({(reads ? "reading: " : "") + spoken(attempt.reason), Colour::kBad},
                   attempt.reason),
         text_cell(attempt.path), text_cell(attempt.remote_address),
         text_cell(show_refused_protocol(attempt)), text_cell(key == "-" ? "" : key),
         time_cell(attempt.first_at, now), text_cell(attempt.user_agent), text_cell(attempt.node),
         text_cell(attempt.stream_key_id ? attempt.stream_key_id->to_string() : ""),
         text_cell(explain_refusal(attempt))}};
}

Result<ExitCode> print_refusals(const RefusalOptions& options, const Program& program) {
    std::vector<RefusedAttempt> shown;
    auto code = run_list(program, options.list,
                         [&](AdminApi& admin, const ListForm& /*form*/) -> Result<ListOutput> {
                             const auto filter = refusal_filter(options, admin);
                             if (!filter) return filter.error();
                             auto attempts = admin.refusals().list_refused_attempts(*filter);
                             if (!attempts) return attempts.error();
                             ListOutput output{"refusals", refusal_columns(), {}, {}, {}, {}, {}};
                             output.empty =
                                 "There are no such refused attempts. If an encoder fails "
                                 "nevertheless, its request did not "
                                 "arrive here: check its host and port, an SRT streamid (it begins "
                                 "with publish:), and "
                                 "MediaMTX's own log (logLevel: info).";
                             for (const auto& attempt : *attempts) {
                                 output.rows.push_back(row_of_refusal(attempt, admin.now()));
                             }
                             shown = *std::move(attempts);
                             return output;
                         });
    const bool is_table = options.list.output == "table" && !options.list.watches &&
                          !program.options.json && !program.options.quiet;
    if (code && is_table) print_explanations(program, shown);
    return code;
}

void print_refusal(const Program& program, const RefusedAttempt& attempt, Timestamp now) {
    auto& out = program.host.out;
    if (program.options.json) {
        out << to_json(attempt) << '\n';
    } else if (program.options.quiet) {
        out << attempt.id.to_string() << '\n';
    } else {
        std::string line = show_time(attempt.last_at, now) + "  " + show_refusal(attempt);
        line += " by " + std::string(to_string(attempt.protocol));
        if (attempt.stream_key_id) line += ", key " + show_refused_key(attempt);
        if (attempt.times > 1) line += fmt::format(", {} times", attempt.times);
        out << printable(line + ". " + explain_refusal(attempt)) << '\n';
    }
    out.flush();
}

Result<ExitCode> follow_refusals(const Program& program, AdminApi& admin,
                                 RefusedAttemptFilter filter) {
    std::map<RefusedAttemptId, std::uint64_t> printed;  // how many times
    do {
        auto attempts = admin.refusals().list_refused_attempts(filter);
        if (!attempts) return attempts.error();
        std::reverse(attempts->begin(), attempts->end());
        if (printed.size() > kMostRemembered) printed.clear();
        for (const auto& attempt : *attempts) {
            std::uint64_t& times = printed[attempt.id];
            if (times != attempt.times) print_refusal(program, attempt, admin.now());
            times = attempt.times;
        }
        if (!attempts->empty()) filter.since = attempts->back().last_at - kLateness;
        filter.limit = kMostFollowed;
        const auto& is_gone = program.host.reader_is_gone;
        if (!program.host.out || (is_gone && is_gone())) break;
    } while (program.host.pause && program.host.pause(kLookAgain));
    return ExitCode::kOk;
}

Result<ExitCode> list_refusals(const RefusalOptions& options, const Program& program) {
    if (!options.follows) return print_refusals(options, program);
    const auto admin = program.open();
    if (!admin) return admin.error();
    auto filter = refusal_filter(options, **admin);
    if (!filter) return filter.error();
    return follow_refusals(program, **admin, *std::move(filter));
}

}  // namespace

void add_refusals_commands(CLI::App& app, Program& program) {
    auto* verb = app.add_subcommand(
        "refusals", "Why encoders and players were refused, newest first, and what to do");
    auto options = std::make_shared<RefusalOptions>();
    verb->add_option("--address", options->address, "Only from this IP address (IPv6: its /64)")
        ->type_name("ADDRESS");
    verb->add_option("--path", options->path, "Only at this path")->type_name("PATH");
    auto* reason = verb->add_option("--reason", options->reason,
                                    "Only for this reason: wrong_path, in_use, ...")
                       ->type_name("WORD");
    offer(reason, explained_refusals());
    verb->add_option("-k,--key", options->key,
                     "Only with this key: id; or label or path, if only one key has it")
        ->type_name("KEY");
    verb->add_option("--incident", options->incident,
                     "Only with the keys of this incident: id, name or reference")
        ->type_name("INCIDENT");
    verb->add_option("--since", options->since,
                     "Not before: 10:00, 2026-12-01, RFC 3339, or how long ago (12h, 30d)")
        ->type_name("TIME");
    verb->add_option("--limit", options->limit, "Maximum number of entries, 1 to 1000")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1, 1'000).description(""));
    auto* follow = verb->add_flag(
        "-f,--follow", options->follows,
        "Print them as lines, oldest first, and new ones as they come (end: Ctrl-C)");
    add_list_options(*verb, options->list, refusal_columns());
    for (const char* other : {"--output", "--columns", "--sort", "--wide", "--watch"}) {
        follow->excludes(verb->get_option(other));
    }
    verb->callback([options, &program] {
        program.action = [options, &program] { return list_refusals(*options, program); };
    });
}

}  // namespace rescuestream::cli
