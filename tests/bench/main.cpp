// The part of the benchmark that must be fast: creates test data, and sends requests to a server.
// The rest is bench.py; run both through run.sh.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>

#include "bench/cpu_clock.hpp"
#include "bench/load.hpp"
#include "bench/test_data.hpp"

namespace {

using namespace rescuestream::bench;

struct LoadOptions {
    LoadPlan plan;
    std::string questions;
    std::string bodies;
    bool kept = false;
    int timeout = 5;
    int limit = 60;
    int server_pid = 0;
    int postmaster_pid = 0;
};

double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto last = static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(std::ceil(share * last))];
}

// Processor times of all processes that work on an answer.
struct CpuTimes {
    double server = 0;
    double database = 0;
    double generator = 0;

    explicit CpuTimes(const LoadOptions& options)
        : server(cpu_seconds(options.server_pid).value_or(0)),
          database(options.postmaster_pid > 0 ? cpu_seconds_of_children(options.postmaster_pid)
                                              : 0),
          generator(static_cast<double>(std::clock()) / CLOCKS_PER_SEC) {}
};

void print_json(const LoadResult& result, const CpuTimes& before, const CpuTimes& after) {
    const auto count = static_cast<double>(result.latencies.size());
    const auto each = [&](double begin, double end) {
        return count > 0 ? 1e6 * (end - begin) / count : 0;
    };
    std::string statuses;
    for (const auto& [status, times] : result.statuses) {
        statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, times);
    }
    fmt::print(
        "{{\"asked\":{},\"wrong\":{},\"failed\":{},\"seconds\":{:.6f},\"rate\":{:.1f},"
        "\"p50\":{:.1f},\"p95\":{:.1f},\"p99\":{:.1f},\"max\":{:.1f},\"server_cpu\":{:.2f},"
        "\"database_cpu\":{:.2f},\"generator_cpu\":{:.2f},\"statuses\":{{{}}}}}\n",
        result.latencies.size(), result.wrong, result.failed, result.seconds,
        result.seconds > 0 ? count / result.seconds : 0, percentile(result.latencies, 0.50),
        percentile(result.latencies, 0.95), percentile(result.latencies, 0.99),
        percentile(result.latencies, 1), each(before.server, after.server),
        each(before.database, after.database), each(before.generator, after.generator), statuses);
}

void write_bodies(const std::string& path, const std::vector<std::string>& bodies) {
    std::ofstream file(path);
    for (std::string body : bodies) {
        for (char& letter : body) {
            if (letter == '\n') letter = ' ';
        }
        file << body << '\n';
    }
}

void load(LoadOptions options) {
    const QuestionFile file(options.questions);
    options.plan.new_connections = !options.kept;
    options.plan.timeout = std::chrono::seconds(options.timeout);
    options.plan.limit = std::chrono::seconds(options.limit);
    options.plan.keep_bodies = !options.bodies.empty();
    const CpuTimes before(options);
    const LoadResult result = run_load(options.plan, file.questions());
    print_json(result, before, CpuTimes(options));
    if (options.plan.keep_bodies) write_bodies(options.bodies, result.bodies);
}

void add_load(CLI::App& app, LoadOptions& options) {
    auto* const command = app.add_subcommand("load",
                                             "Sends prepared requests, prints JSON: times "
                                             "and processor times in microseconds");
    command->add_option("--questions", options.questions, "See question_file.hpp")->required();
    command->add_option("--port", options.plan.port, "On 127.0.0.1")->required();
    command->add_option("--at-once", options.plan.at_once)->check(CLI::PositiveNumber);
    command->add_option("--rate", options.plan.rate, "Requests in a second; 0: as answers come")
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--kept", options.kept, "Keep connections; otherwise one for each request");
    command->add_option("--timeout", options.timeout, "Seconds, for one answer");
    command->add_option("--limit", options.limit, "Seconds, for all");
    command->add_option("--must-contain", options.plan.must_contain, "Text of each right body");
    command->add_option("--bodies", options.bodies, "Write each body, on a line of its own");
    command->add_option("--server-pid", options.server_pid,
                        "Process whose processor time is reported");
    command->add_option("--postmaster-pid", options.postmaster_pid, "PostgreSQL's parent process");
    command->callback([&options] { load(options); });
}

void add_fill(CLI::App& app, DataSize& size) {
    auto* const command = app.add_subcommand("fill", "Adds test data to DATABASE_URL, PostgreSQL");
    command->add_option("--first-key", size.first_key)->capture_default_str();
    command->add_option("--keys", size.keys)->capture_default_str();
    command->add_option("--live", size.live_streams)->capture_default_str();
    command->add_option("--ended", size.ended_streams)->capture_default_str();
    command->add_option("--audit", size.audit_entries)->capture_default_str();
    command->add_flag("--transitions", size.with_transitions);
    command->callback([&size] {
        const char* database = std::getenv("DATABASE_URL");
        if (database == nullptr) throw std::runtime_error("DATABASE_URL must be set");
        make_test_data(database, size);
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Part of the benchmark; see README.md."};
    app.require_subcommand(1);
    LoadOptions load_options;
    DataSize size;
    add_load(app, load_options);
    add_fill(app, size);
    try {
        CLI11_PARSE(app, argc, argv);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    return 0;
}
