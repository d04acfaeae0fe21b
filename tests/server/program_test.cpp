// Tests the real program as an operator runs it.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <httplib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <regex>
#include <thread>

#include "support/crypto.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

namespace rescuestream::server::testing {
namespace {

using rescuestream::testing::eventually;
using rescuestream::testing::free_port;
using rescuestream::testing::Process;
using rescuestream::testing::ProcessOptions;
using rescuestream::testing::TemporaryDirectory;
using std::chrono::seconds;

ProcessOptions environment(const TemporaryDirectory& directory) {
    ProcessOptions options;
    options.environment = {{"DATA_DIR", (directory.path() / "data").string()},
                           {"API_HOST", "127.0.0.1"},
                           {"API_PORT", "0"},
                           {"API_SECRET", std::nullopt},
                           {"DATABASE_URL", "memory:"},
                           {"METRICS_PORT", "0"},
                           {"MEDIAMTX_API_URL", "memory:"},
                           {"LOG_FORMAT", "json"},
                           {"LOG_LEVEL", std::nullopt},
                           {"CONFIG_FILE", std::nullopt}};
    return options;
}

bool says(Process& server, const std::string& text, seconds within = seconds(20)) {
    return eventually([&] { return server.errors().find(text) != std::string::npos; }, within);
}

// Returns the port from its log line "ready".
int port_of(Process& server) {
    std::smatch match;
    const std::string log = server.errors();
    const std::regex pattern("\"ready\",\"address\":\"127\\.0\\.0\\.1:([0-9]+)\"");
    return std::regex_search(log, match, pattern) ? std::stoi(match[1]) : 0;
}

TEST_CASE("the program starts without any file, logs its port when ready, and stops on SIGTERM") {
    const TemporaryDirectory directory;
    Process server({SERVER_PROGRAM}, environment(directory));
    REQUIRE(says(server, "\"ready\""));
    httplib::Client client("127.0.0.1", port_of(server));
    const auto ready = client.Get("/readyz");
    REQUIRE(ready);
    CHECK(ready->status == 200);
    const auto streams = client.Get("/streams");
    REQUIRE(streams);
    CHECK(streams->status == 401);
    server.send_signal(SIGTERM);
    CHECK(server.wait(seconds(10)) == 0);
    CHECK(server.errors().find("\"stopped\"") != std::string::npos);
    CHECK(server.errors().find("api-secret") != std::string::npos);
    CHECK(server.output().empty());
}

TEST_CASE("Ctrl-C stops the program too") {
    const TemporaryDirectory directory;
    Process server({SERVER_PROGRAM}, environment(directory));
    REQUIRE(says(server, "\"ready\""));
    server.send_signal(SIGINT);
    CHECK(server.wait(seconds(10)) == 0);
}

TEST_CASE("wrong settings end the program with code 2 and are all named") {
    const TemporaryDirectory directory;
    const auto result = rescuestream::testing::run(
        {SERVER_PROGRAM, "--api-port", "x", "--log-level=loud"}, environment(directory));
    CHECK(result.exit_code == 2);
    CHECK(result.errors.find("API_PORT must be") != std::string::npos);
    CHECK(result.errors.find("LOG_LEVEL must be") != std::string::npos);
}

TEST_CASE("a port that is taken ends the program with code 1 and is named") {
    const TemporaryDirectory directory;
    Process first({SERVER_PROGRAM}, environment(directory));
    REQUIRE(says(first, "\"ready\""));
    ProcessOptions options = environment(directory);
    options.environment["API_PORT"] = std::to_string(port_of(first));
    const auto second = rescuestream::testing::run({SERVER_PROGRAM}, options);
    CHECK(second.exit_code == 1);
    CHECK(second.errors.find("API_PORT") != std::string::npos);
}

TEST_CASE("the program waits for a database that is down, and stopping does not wait for it") {
    const TemporaryDirectory directory;
    ProcessOptions options = environment(directory);
    options.environment["DATABASE_URL"] =
        "postgresql://nobody:geheim@127.0.0.1:" + std::to_string(free_port()) + "/none";
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(says(server, "waiting for the database"));
    server.send_signal(SIGTERM);
    CHECK(server.wait(seconds(10)) == 0);
    CHECK(server.errors().find("geheim genug") == std::string::npos);
}

TEST_CASE("each line has its priority when standard error is the journal, and only then") {
    const TemporaryDirectory directory;
    // A pipe in place of the journal's stream: systemd names the stream in the same way.
    Process journal({"sh", "-c",
                     "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM; "
                     "exec \"$0\"",
                     SERVER_PROGRAM},
                    environment(directory));
    REQUIRE(says(journal, "\"ready\""));
    CHECK(journal.errors().starts_with("<6>{\"time\":"));
    CHECK(journal.errors().find("<4>{\"time\":") != std::string::npos);  // no MediaMTX: a warning

    ProcessOptions redirected = environment(directory);
    redirected.environment["JOURNAL_STREAM"] = "1:1";
    Process other({SERVER_PROGRAM}, redirected);
    REQUIRE(says(other, "\"ready\""));
    CHECK(other.errors().starts_with("{\"time\":"));
    CHECK(other.errors().find("<6>") == std::string::npos);
}

TEST_CASE("a reader of the log that stops reading does not delay requests") {
    const TemporaryDirectory directory;
    const std::string log = (directory.path() / "log").string();
    REQUIRE(mkfifo(log.c_str(), 0600) == 0);
    const int unread = open(log.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(unread >= 0);
    const int port = free_port();
    ProcessOptions options = environment(directory);
    options.environment["API_PORT"] = std::to_string(port);
    options.environment["LOG_LEVEL"] = "debug";  // otherwise few of many refusals are logged
    options.environment["WRONG_KEYS_PER_MINUTE"] = "0";
    Process server({"sh", "-c", "exec \"$0\" 2>\"$1\"", SERVER_PROGRAM, log}, options);
    httplib::Client client("127.0.0.1", port);
    REQUIRE(eventually(
        [&] {
            const auto ready = client.Get("/readyz");
            return ready && ready->status == 200;
        },
        seconds(20)));
    // Each request writes a line; a pipe holds 64 KiB.
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    int refused = 0;
    for (int guess = 0; guess < 1'000; ++guess) {
        const auto answer = client.Post(
            "/auth",
            R"({"action":"publish","path":"live/a","protocol":"rtmp","id":"c","ip":"192.0.2.1",)"
            R"("password":"sk_)" +
                std::to_string(guess) + "\"}",
            "application/json");
        if (!answer || answer->status != 401) break;
        ++refused;
    }
    CHECK(refused == 1'000);
    int waiting = 0;
    CHECK(ioctl(unread, FIONREAD, &waiting) == 0);
    CHECK(waiting > 32'768);  // otherwise no writer would have been blocked
    server.send_signal(SIGTERM);
    CHECK(server.wait(seconds(10)) == 0);
    close(unread);
}

// The part of MediaMTX that a server reads first; it sends an authentication request before it
// answers.
class AskingMediaMtx {
public:
    explicit AskingMediaMtx(int server_port) : server_port_(server_port) {
        http_.Get("/v3/info", [this](const httplib::Request& request, httplib::Response& response) {
            const bool allowed = ask(request);
            if (!first_answer_) {
                first_answer_ = allowed;
                httplib::Client server("127.0.0.1", server_port_);
                if (const auto ready = server.Get("/readyz")) readiness_ = ready->status;
            }
            response.status = allowed ? 200 : 401;
            response.set_content(allowed
                                     ? R"({"version":"v1.20.1","started":"2026-01-17T10:00:00Z"})"
                                     : R"({"status":"error","error":"authentication error"})",
                                 "application/json");
        });
        http_.Get("/v3/.*", [](const httplib::Request&, httplib::Response& response) {
            response.set_content(R"({"itemCount":0,"pageCount":0,"items":[]})", "application/json");
        });
        port_ = http_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { http_.listen_after_bind(); });
        while (!http_.is_running()) std::this_thread::yield();
    }
    ~AskingMediaMtx() { stop(); }

    void stop() {
        http_.stop();
        if (thread_.joinable()) thread_.join();
    }
    int port() const { return port_; }
    // Called after it has stopped.
    std::optional<bool> first_answer() const { return first_answer_; }
    int readiness() const { return readiness_; }

private:
    bool ask(const httplib::Request& request) {
        const std::string header = request.get_header_value("Authorization");
        const auto credential =
            base64_decode(header.substr(std::min<std::size_t>(6, header.size())));
        if (!credential) return false;
        const auto colon = std::min(credential->find(':'), credential->size());
        httplib::Client server("127.0.0.1", server_port_);
        const auto answer = server.Post(
            "/auth",
            R"({"ip":"127.0.0.1","action":"api","path":"","protocol":"","id":null,"user":")" +
                credential->substr(0, colon) + R"(","password":")" +
                credential->substr(std::min(colon + 1, credential->size())) + "\"}",
            "application/json");
        return answer && answer->status == 200;
    }

    const int server_port_;
    int port_ = 0;
    std::optional<bool> first_answer_;
    int readiness_ = 0;
    httplib::Server http_;
    std::thread thread_;
};

TEST_CASE("MediaMTX gets its answer during the server's first poll, before the server is ready") {
    const TemporaryDirectory directory;
    const int port = free_port();
    AskingMediaMtx media(port);
    ProcessOptions options = environment(directory);
    options.environment["API_PORT"] = std::to_string(port);
    options.environment["MEDIAMTX_API_URL"] = "http://127.0.0.1:" + std::to_string(media.port());
    options.environment["MEDIAMTX_API_USER"] = std::nullopt;
    options.environment["MEDIAMTX_API_PASSWORD"] = std::nullopt;
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(says(server, "\"ready\""));
    httplib::Client client("127.0.0.1", port);
    const auto ready = client.Get("/readyz");
    REQUIRE(ready);
    CHECK(ready->status == 200);
    CHECK(ready->body.find(R"("media_server":"ok")") != std::string::npos);
    CHECK(server.stop() == 0);
    media.stop();
    CHECK(media.first_answer() == std::optional(true));
    CHECK(media.readiness() == 503);
    // Requests that our own calls cause are not logged.
    CHECK(server.errors().find("own_interface") == std::string::npos);
}

TEST_CASE("--check-config prints the settings without secrets, and does not start a server") {
    const TemporaryDirectory directory;
    ProcessOptions options = environment(directory);
    options.environment["API_SECRET"] = "geheim genug";
    const auto result = rescuestream::testing::run({SERVER_PROGRAM, "--check-config"}, options);
    CHECK(result.exit_code == 0);
    CHECK(result.output.find("API_SECRET = ***") != std::string::npos);
    CHECK(result.output.find("geheim genug") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "data"));
}

TEST_CASE("--check-config prints the database that a start would use") {
    const TemporaryDirectory directory;
    ProcessOptions options = environment(directory);
    options.environment["DATABASE_URL"] = std::nullopt;
    const auto by_default = rescuestream::testing::run({SERVER_PROGRAM, "--check-config"}, options);
    CHECK(by_default.output.find(
              "DATABASE_URL = sqlite:" + (directory.path() / "data/rescuestream.db").string() +
              "\n") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(directory.path() / "data"));
    options.environment["DATABASE_URL"] = "postgresql://me:geheim@db.example.org/rescue";
    const auto given = rescuestream::testing::run({SERVER_PROGRAM, "--check-config"}, options);
    CHECK(given.output.find("DATABASE_URL = postgresql://***@db.example.org/rescue\n") !=
          std::string::npos);
    CHECK(given.output.find("geheim") == std::string::npos);
}

TEST_CASE("a wrong setting is reported once, with its name and place") {
    const TemporaryDirectory directory;
    ProcessOptions options = environment(directory);
    const std::string file = (directory.path() / "settings.toml").string();
    std::ofstream(file) << "API_PORT = \n";
    options.environment["CONFIG_FILE"] = file;
    const auto result = rescuestream::testing::run({SERVER_PROGRAM, "--check-config"}, options);
    CHECK(result.exit_code == 2);
    const auto first = result.errors.find("malformed");
    REQUIRE(first != std::string::npos);
    CHECK(result.errors.find("malformed", first + 1) == std::string::npos);
    CHECK(result.errors.find("line 1, column") != std::string::npos);
}

TEST_CASE("with tracing and no collector the program works, and says once that traces get lost") {
    const TemporaryDirectory directory;
    ProcessOptions options = environment(directory);
    options.environment["TRACING_ENABLED"] = "true";
    options.environment["TRACING_SAMPLERATE"] = "1";
    options.environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
    options.environment["OTEL_BSP_SCHEDULE_DELAY"] = "10";
    options.environment["LOG_FORMAT"] = "text";
    Process server({SERVER_PROGRAM}, options);
    REQUIRE(says(server, " ready "));
    REQUIRE(says(server, "the collector does not take telemetry"));
    CHECK(server.stop() == 0);
    const std::string log = server.errors();
    CHECK(log.find("traces are recorded address=http://127.0.0.1:9/v1/traces") !=
          std::string::npos);
    CHECK(log.find("does not take telemetry") == log.rfind("does not take telemetry"));
}

}  // namespace
}  // namespace rescuestream::server::testing
