#include <pwd.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "admin/open_admin.hpp"
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

}  // namespace

int main(int argc, char** argv) {
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
                   cli::open_admin};
    return cli::to_int(cli::run(std::vector<std::string>(argv + 1, argv + argc), host));
}
