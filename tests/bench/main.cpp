// Measures a running rescuestream-server on PostgreSQL. Run it through run.sh.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "bench/http_question.hpp"
#include "bench/measurement.hpp"
#include "bench/test_data.hpp"
#include "rescuestream/random_source.hpp"
#include "support/make_uuid.hpp"

namespace {

using namespace rescuestream;
using namespace rescuestream::bench;

struct Options {
    Target target;
    std::string database;
    std::string secret;
    int server_pid = 0;
    DataSize size;
};

constexpr double kMemoryTargetMib = 40;

// The body of a question about an RTMP publisher, as MediaMTX writes it.
std::string question_about(const TestData::FreeKey& key) {
    const auto connection = make_uuid(system_clock().now(), system_random()).to_string();
    return fmt::format(
        R"j({{"ip":"127.0.0.1","user":"","password":"{0}","token":"{0}","action":"publish",)j"
        R"j("path":"{1}","protocol":"rtmp","id":"{2}","query":"pass={0}",)j"
        R"j("userAgent":"FMLE/3.0 (compatible; Lavf59.27.100)"}})j",
        key.value, key.playback_path, connection);
}

// The text of the first `"id":"…"` in a body.
std::string first_id(const std::string& body) {
    constexpr std::string_view kName = "\"id\":\"";
    constexpr std::size_t kIdLength = 36;
    const auto at = body.find(kName);
    return at == std::string::npos ? "" : body.substr(at + kName.size(), kIdLength);
}

// Each question is about another key that is valid and free, so each must be answered with yes.
std::vector<Measurement> measure_auth(const Options& options, const TestData& data) {
    struct Load {
        std::size_t concurrency;
        std::size_t share;  // of all free keys, in twelfths
        std::optional<Milliseconds> target_p95;
    };
    const Load loads[] = {{1, 2, Milliseconds(3)}, {16, 4, {}}, {100, 6, Milliseconds(25)}};
    std::vector<Measurement> lines;
    std::size_t first = 0;
    for (const auto& load : loads) {
        const std::size_t count = data.free_keys.size() * load.share / 12;
        std::vector<std::string> questions;
        for (std::size_t i = 0; i < count; ++i) {
            questions.push_back(
                auth_question(options.target, question_about(data.free_keys[first + i])));
        }
        first += count;
        lines.push_back(measure(
            "POST /auth, accepted", load.concurrency, count,
            [&](std::size_t i) { return ask(options.target, questions[i]).status == 200; }));
        lines.back().target_p95 = load.target_p95;
    }
    for (const std::size_t concurrency : {1U, 100U}) {
        lines.push_back(measure("POST /auth, unknown key", concurrency, 1'000, [&](std::size_t i) {
            // No two alike, as from somebody who guesses.
            const std::string refused = auth_question(
                options.target, question_about({"live/unit-0", fmt::format("sk_{:043}", i)}));
            return ask(options.target, refused).status == 401;
        }));
    }
    return lines;
}

std::vector<Measurement> measure_lists(const Options& options) {
    const auto get = [&](const char* path) {
        return admin_call(options.target, "GET", path, options.secret);
    };
    const std::string count = fmt::format("\"count\":{}", options.size.live_streams);
    const std::string live = get("/streams");
    const std::string page = get("/streams?state=ended&limit=50");
    std::vector<Measurement> lines;
    lines.push_back(measure(
        fmt::format("GET /streams, {} live", options.size.live_streams), 1, 200, [&](std::size_t) {
            const Answer answer = ask(options.target, live);
            return answer.status == 200 && answer.body.find(count) != std::string::npos;
        }));
    lines.back().target_p95 = Milliseconds(20);
    lines.push_back(measure("GET /streams, 50 ended", 1, 200,
                            [&](std::size_t) { return ask(options.target, page).status == 200; }));
    return lines;
}

std::vector<Measurement> measure_writes(const Options& options, const TestData& data) {
    constexpr std::size_t kWrites = 300;
    const auto call = [&](std::string_view method, const std::string& path,
                          std::string_view body = {}) {
        return ask(options.target, admin_call(options.target, method, path, options.secret, body));
    };
    const std::string key_body =
        fmt::format(R"({{"broadcaster_id":"{}"}})", data.broadcaster_id.to_string());
    std::vector<std::string> made(kWrites);
    std::vector<Measurement> lines;
    for (const std::size_t concurrency : {1U, 16U}) {
        lines.push_back(measure("POST /broadcasters", concurrency, kWrites, [&](std::size_t) {
            return call("POST", "/broadcasters", R"({"display_name":"Bench"})").status == 201;
        }));
        lines.push_back(measure("POST /stream-keys", concurrency, kWrites, [&](std::size_t i) {
            const Answer answer = call("POST", "/stream-keys", key_body);
            made[i] = first_id(answer.body);
            return answer.status == 201;
        }));
        lines.push_back(
            measure("DELETE /stream-keys/{id}", concurrency, kWrites, [&](std::size_t i) {
                return call("DELETE", "/stream-keys/" + made[i]).status == 204;
            }));
    }
    // The target is for one administrator.
    for (std::size_t i = 0; i < 3; ++i) lines[i].target_p95 = Milliseconds(20);
    return lines;
}

int run(const Options& options) {
    fmt::print(stderr, "making {} keys, {} live and {} ended streams…\n", options.size.keys,
               options.size.live_streams, options.size.ended_streams);
    const TestData data = make_test_data(options.database, options.size);
    fmt::print(stderr, "measuring…\n");
    std::vector<Measurement> lines = measure_lists(options);
    for (auto& line : measure_auth(options, data)) lines.push_back(std::move(line));
    for (auto& line : measure_writes(options, data)) lines.push_back(std::move(line));
    print_table(lines);

    bool good = true;
    for (const auto& line : lines) good = good && line.is_good();
    if (const auto memory = resident_memory(options.server_pid)) {
        fmt::print(
            "resident memory of the server: {:.1f} MiB now, {:.1f} MiB at most "
            "(target {:g} MiB)\n",
            memory->now, memory->peak, kMemoryTargetMib);
        good = good && memory->now <= kMemoryTargetMib;
    }
    return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Measures a running rescuestream-server. Exit code 1: a target was missed."};
    app.add_option("--port", options.target.port, "Port of the server's API on 127.0.0.1")
        ->required();
    app.add_option("--server-pid", options.server_pid, "Process whose memory is told");
    app.add_option("--keys", options.size.keys, "Stream keys")->capture_default_str();
    app.add_option("--live", options.size.live_streams, "Live streams")->capture_default_str();
    app.add_option("--ended", options.size.ended_streams, "Ended streams")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.footer(
        "Reads DATABASE_URL (a PostgreSQL that may be filled with test data) and API_SECRET.");
    CLI11_PARSE(app, argc, argv);
    const char* database = std::getenv("DATABASE_URL");
    const char* secret = std::getenv("API_SECRET");
    if (database == nullptr || secret == nullptr) {
        std::cerr << "DATABASE_URL and API_SECRET must be set, as for the server.\n";
        return 2;
    }
    options.database = database;
    options.secret = secret;
    try {
        return run(options);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
