// For the health checks of containers, whose images have no other HTTP client.

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <ostream>
#include <string_view>

#include "admin/http_messages.hpp"
#include "commands/commands.hpp"
#include "http_client.hpp"
#include "output.hpp"
#include "profiles.hpp"
#include "program.hpp"
#include "server_place.hpp"
#include "settings/rows.hpp"

namespace rescuestream::cli {
namespace {

constexpr unsigned kLongestSeconds = 3;
// All steps together take less than that, unless a resolver hangs.
constexpr std::chrono::milliseconds kConnect{600};
constexpr std::chrono::milliseconds kExchange{1'800};
constexpr std::size_t kLargestAnswer = 1024U * 1024;

Error failed(std::string message) {
    return {ErrorCode::kInternal, std::move(message), "", {}};
}

// Returns all errors of the settings as one line.
Error one_line(const Error& error) {
    std::string line = error.message;
    for (const auto& field : error.fields)
        line += fmt::format(" {} {}.", field.pointer, field.detail);
    return failed(std::move(line));
}

Result<ServerPlace> find_target(const Program& program) {
    const auto options = with_named_profile(program.options, program.host);
    if (!options) return options.error();
    const auto settings = read_settings(*options, program.host, settings::kHealth);
    if (!settings) return one_line(settings.error());
    auto place = server_place(*settings);
    if (!place) return place;
    place->options.connect = kConnect;
    place->options.total = kExchange;
    place->options.most_bytes = kLargestAnswer;
    return place;
}

// Returns the reasons of the checks that failed.
std::string reasons_of(const HttpReply& reply) {
    const auto document = messages::parse_answer(reply, [](const rapidjson::Value& json) {
        std::string reasons;
        for (const auto& each : read::array(json, "checks").GetArray()) {
            const HealthCheck check = fields::read_health_check(each);
            if (check.status != CheckStatus::kFailed) continue;
            reasons += (reasons.empty() ? "" : " ") + check.reason;
        }
        return reasons;
    });
    return document ? *document : std::string();
}

Result<ExitCode> check(const Program& program, bool only_live) {
    const auto target = find_target(program);
    if (!target) return target.error();
    HttpClient client(target->origin, target->options);
    const auto reply = client.send("GET", only_live ? "/livez" : "/readyz?verbose", {});
    if (!reply) return failed(reply.error().message);
    if (reply->status == 200) {
        program.host.out << (only_live ? "live" : "ready") << '\n';
        return ExitCode::kOk;
    }
    if (reply->status != 503) {
        return failed(fmt::format("The program at {} is not rescuestream-server (status {}).",
                                  target->origin, reply->status));
    }
    return failed("not ready: " + reasons_of(*reply));
}

extern "C" void end_at_limit(int) {
    constexpr std::string_view kText = "no answer within 3 seconds\n";
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, kText.data(), kText.size());
    ::_exit(1);
}

// One line, and no exit code but 0 and 1: Docker gives others a meaning of its own.
Result<ExitCode> answer(const Program& program, bool only_live) {
    ::signal(SIGALRM, end_at_limit);
    ::alarm(kLongestSeconds);
    const auto checked = check(program, only_live);
    ::alarm(0);
    if (checked) return checked;
    program.host.out << printable(checked.error().message) << '\n';
    return ExitCode::kUnexpected;
}

}  // namespace

void add_health_commands(CLI::App& app, Program& program) {
    auto* verb = app.add_subcommand("health",
                                    "For HEALTHCHECK: whether the server of these settings is "
                                    "ready; exit code 0 or 1, one line, "
                                    "at most 3 s");
    auto only_live = std::make_shared<bool>(false);
    verb->add_flag("--live", *only_live, "Only whether it runs, not whether it can work");
    verb->callback([only_live, &program] {
        program.action = [only_live, &program] { return answer(program, *only_live); };
    });
}

}  // namespace rescuestream::cli
