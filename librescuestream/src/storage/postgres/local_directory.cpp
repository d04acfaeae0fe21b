#include "storage/postgres/local_directory.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

namespace rescuestream::postgres {
namespace {

constexpr std::chrono::minutes kBetweenQuestions{5};

// Returns the process at the other end of a Unix socket; empty: it is not a Unix socket, or the
// process is not on this machine.
std::optional<uid_t> user_of_peer(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        address.ss_family != AF_UNIX) {
        return std::nullopt;
    }
    ucred peer{};
    size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid <= 0) {
        return std::nullopt;
    }
    return peer.uid;
}

std::optional<std::string> ask(Connection& connection) {
    if (connection.is_pooled()) return std::nullopt;  // the process is the pooler
    const auto user = user_of_peer(connection.socket());
    if (!user) return std::nullopt;
    const auto rows = connection.run("SELECT current_setting('data_directory')", {});
    std::string directory = rows->text(0, 0);
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0 || status.st_uid != *user) return std::nullopt;
    return directory;
}

}  // namespace

std::optional<std::string> LocalDirectory::find(const Lend& lend) {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (found_ || (asked_at_ && now - *asked_at_ < kBetweenQuestions)) return found_;
        asked_at_ = now;
    }
    std::optional<std::string> found;
    try {
        lend([&](Connection& connection) { found = ask(connection); });
    } catch (const sql::Failure&) {
        // The server does not answer, or does not permit this user to read the setting.
    }
    const std::lock_guard lock(mutex_);
    return found_ = std::move(found);
}

}  // namespace rescuestream::postgres
