#pragma once

#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "admin/direct_admin.hpp"
#include "admin/http_admin.hpp"
#include "program.hpp"
#include "support/test_orchestrator.hpp"

namespace rescuestream::cli {

struct Ran {
    int code = -1;
    std::string out;
    std::string err;
};

/// The command line in this process, on storage in memory and a media server that the test
/// controls, or through a server when one is given.
class TestCli {
public:
    explicit TestCli(OrchestratorSettings settings = testing::TestOrchestrator::default_settings())
        : core(std::move(settings)) {
        // A table must be the same wherever the test runs.
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }

    Ran run(const std::vector<std::string>& arguments) {
        std::istringstream in(answer);
        std::ostringstream out;
        std::ostringstream err;
        Host host{in,
                  out,
                  err,
                  terminal,
                  terminal,
                  [this](std::string_view name) -> std::optional<std::string> {
                      const auto found = environment.find(std::string(name));
                      if (found == environment.end()) return std::nullopt;
                      return found->second;
                  },
                  core.clock,
                  "/usr/bin/rescuestream-cli",
                  "ada",
                  [this](const Connection& connection) { return open(connection); },
                  [this] { return size; },
                  pause,
                  [this] { return reader_is_gone; },
                  open_node,
                  [this] {
                      std::vector<std::string> names;
                      for (const auto& [name, value] : environment) names.push_back(name);
                      return names;
                  }};
        if (output_fails) out.setstate(std::ios::badbit);
        Ran ran;
        ran.code = to_int(cli::run(arguments, host));
        ran.out = out.str();
        ran.err = err.str();
        return ran;
    }

    /// The first line of the output of a command that must succeed.
    std::string id(std::vector<std::string> arguments) {
        arguments.emplace_back("--quiet");
        const Ran ran = run(arguments);
        if (ran.code != 0) throw std::runtime_error(ran.err);
        return ran.out.substr(0, ran.out.find('\n'));
    }

    testing::TestOrchestrator core;
    std::map<std::string, std::string> environment{{"HOME", "/nonexistent"}};
    std::string answer;     ///< The answer to a question.
    bool terminal = false;  ///< Whether input and output are a terminal.
    TerminalSize size;      ///< Of the terminal.
    /// What happens instead of a wait. Empty: the program cannot wait.
    std::function<bool(std::chrono::milliseconds)> pause;
    bool output_fails = false;  ///< Whether nothing can be written.
    bool reader_is_gone = false;
    /// Opens the media server of a node for `doctor`; empty: none can be opened.
    std::function<Result<std::unique_ptr<MediaServer>>(const DirectConnection&, const NodeStatus&)>
        open_node;
    bool through_server = false;  ///< Use a real server when one is given.
    std::optional<Connection> opened;

private:
    Result<std::unique_ptr<AdminApi>> open(const Connection& connection) {
        opened = connection;
        if (connection.server && through_server) {
            return make_http_admin(*connection.server, core.clock);
        }
        const std::shared_ptr<StreamOrchestrator> shared(core.orchestrator.get(),
                                                         [](StreamOrchestrator*) {});
        return make_direct_admin({shared, "memory", connection.caller});
    }
};

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// Returns settings with which a stream is shown at the path that its device sends.
inline OrchestratorSettings exposing_settings() {
    auto settings = testing::TestOrchestrator::default_settings();
    settings.legacy_path_keys = LegacyPathKeys::kExpose;
    return settings;
}

/// Lets a device publish that can only send its key as the path. Returns the id of its stream.
inline std::string publish_at_key_value(TestCli& cli, const CreatedStreamKey& key) {
    const ConnectionId connection{"c1"};
    PublishRequest request;
    request.path = key.value.reveal();
    request.protocol = Protocol::kRtmp;
    request.connection = connection;
    if (!cli.core->decide_publish(request).value().accepted()) {
        throw std::runtime_error("the publisher was refused");
    }
    cli.core.media->publish(ConnectionKind::kRtmp, connection, request.path);
    cli.core->source_available({request.path, "rtmpConn", connection}).value();
    return cli.core.live().at(0).id.to_string();
}

/// Returns the text without its end of line.
inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Returns the first key value in the output of a command.
inline std::string value_in(const std::string& text) {
    const auto start = text.find("sk_");
    return start == std::string::npos ? "" : text.substr(start, 46);
}

inline std::string file_text(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Returns the options with which a command uses the server at `origin`.
inline ServerConnection server_at(const std::string& origin) {
    ServerConnection server;
    server.url = origin;
    server.key_name = "cli:ada";
    server.api_secret = Secret("topsecret");
    return server;
}

}  // namespace rescuestream::cli
