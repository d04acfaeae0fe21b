#include "support/pg_bouncer.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "support/free_port.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {
namespace {

// Debian keeps it out of the PATH of ordinary users.
std::optional<std::string> program() {
    if (auto found = find_program("pgbouncer")) return found;
    return find_program("/usr/sbin/pgbouncer");
}

/// The parts of postgresql://user:password@host:port/…
struct Parts {
    std::string user, password, place;
    std::size_t place_begin = 0;
};

Parts parts_of(const std::string& uri) {
    const auto begin = uri.find("://") + 3;
    const auto at = uri.find('@', begin);
    const auto colon = uri.find(':', begin);
    const auto end = uri.find('/', at);
    if (at == std::string::npos || colon > at) throw std::runtime_error("no user:password@ in URI");
    return {uri.substr(begin, colon - begin), uri.substr(colon + 1, at - colon - 1),
            uri.substr(at + 1, end - at - 1), at + 1};
}

}  // namespace

bool PgBouncer::is_installed() {
    return program().has_value();
}

PgBouncer::PgBouncer(const std::string& mode, const std::string& server,
                     const std::string& settings)
    : port_(free_port()) {
    const auto parts = parts_of(server);
    const auto colon = parts.place.find(':');
    const auto file = directory_.path() / "pgbouncer.ini";
    std::ofstream(file) << "[databases]\n* = host=" << parts.place.substr(0, colon)
                        << " port=" << parts.place.substr(colon + 1) << "\n[pgbouncer]\n"
                        << "listen_addr = 127.0.0.1\nlisten_port = " << port_
                        << "\nunix_socket_dir =\npool_mode = " << mode
                        << "\nauth_type = plain\nauth_file = "
                        << (directory_.path() / "users").string()
                        << "\nmax_client_conn = 500\ndefault_pool_size = 60\n"
                        << settings;
    std::ofstream(directory_.path() / "users")
        << '"' << parts.user << "\" \"" << parts.password << "\"\n";
    std::vector<std::string> command{*program()};
    // It refuses to run as root.
    if (::geteuid() == 0) {
        std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
        command.insert(command.end(), {"-u", "postgres"});
    }
    command.push_back(file.string());
    process_ = std::make_unique<Process>(command);
    const bool is_up =
        eventually([&] { return process_->errors().find("process up") != std::string::npos; });
    if (!is_up) throw std::runtime_error("PgBouncer does not start: " + process_->errors());
}

std::string PgBouncer::address(const std::string& uri) const {
    const auto parts = parts_of(uri);
    return std::string(uri).replace(parts.place_begin, parts.place.size(),
                                    "127.0.0.1:" + std::to_string(port_));
}

}  // namespace rescuestream::testing
