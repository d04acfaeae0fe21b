#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "admin/admin_api.hpp"
#include "connection.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/time.hpp"
#include "settings/given.hpp"

namespace rescuestream::cli {

/// The size of a terminal in characters; 0: unknown.
struct TerminalSize {
    std::size_t columns = 0;
    std::size_t rows = 0;
};

/// The environment of a command: everything outside of its own memory. Tests provide their own.
struct Host {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    Environment environment;
    const Clock& clock;
    /// Absolute path of this program, which the hooks of a media server run.
    std::string program_path;
    /// Name of the user, for the audit log.
    std::string user;
    std::function<Result<std::unique_ptr<AdminApi>>(const Connection&)> open_admin;
    /// The size of the output's terminal at present. Empty: unknown.
    std::function<TerminalSize()> terminal_size{};
    /// Waits. Returns false if the user interrupted it (Ctrl-C). Empty: it cannot wait.
    std::function<bool(std::chrono::milliseconds)> pause{};
    /// Returns whether the program that reads the output has ended. Empty: unknown.
    std::function<bool()> reader_is_gone{};
    /// Opens the media server of a node without supervising it. Empty: none can be opened.
    std::function<Result<std::unique_ptr<MediaServer>>(const DirectConnection&, const NodeStatus&)>
        open_node{};
    /// The names of all environment variables. Empty: unknown.
    std::function<std::vector<std::string>()> environment_names{};
};

}  // namespace rescuestream::cli
