#include <poll.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "admin/open_admin.hpp"
#include "admin/open_direct.hpp"
#include "program.hpp"

namespace {

using namespace rescuestream;

std::string user_name() {
    // With sudo, the user who called it is meant.
    if (const auto name = process_environment("SUDO_USER"); name && !name->empty()) return *name;
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? std::to_string(::getuid()) : std::string(entry->pw_name);
}

std::string program_path(const char* argument) {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::absolute(argument).string() : path.string();
}

cli::TerminalSize terminal_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_col, size.ws_row};
}

volatile std::sig_atomic_t is_interrupted = 0;

void note_interruption(int /*signal*/) {
    is_interrupted = 1;
}

// The signals end the program as usual until it waits for the first time. Afterwards a picture on
// the terminal is completed first.
bool pause_for(std::chrono::milliseconds length) {
    struct sigaction action {};
    action.sa_handler = note_interruption;
    for (const int signal : {SIGINT, SIGTERM}) ::sigaction(signal, &action, nullptr);
    // In slices, because the signal may arrive at another thread, or just before the wait.
    const auto end = std::chrono::steady_clock::now() + length;
    while (is_interrupted == 0 && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return is_interrupted == 0;
}

bool reader_is_gone() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

std::vector<std::string> environment_names() {
    std::vector<std::string> names;
    for (char** each = environ; *each != nullptr; ++each) {
        const std::string_view text(*each);
        names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
}

// How long a shell waits at most for the names that it offers.
constexpr unsigned kCompletionSeconds = 1;

void give_up(int /*signal*/) {
    ::_exit(0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::string_view(argv[1]) == "__complete") {
        std::signal(SIGALRM, give_up);
        ::alarm(kCompletionSeconds);
    }
    // MediaMTX ends a hook with SIGINT when the stream that it reports is over. The report stays
    // correct for that moment, so it is delivered nevertheless.
    if (argc > 1 && std::string_view(argv[1]) == "hook") std::signal(SIGINT, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    cli::Host host{std::cin,
                   std::cout,
                   std::cerr,
                   ::isatty(STDIN_FILENO) != 0,
                   ::isatty(STDOUT_FILENO) != 0,
                   process_environment,
                   system_clock(),
                   program_path(argv[0]),
                   user_name(),
                   cli::open_admin,
                   terminal_size,
                   pause_for,
                   reader_is_gone,
                   cli::open_node,
                   environment_names};
    return cli::to_int(cli::run(std::vector<std::string>(argv + 1, argv + argc), host));
}
