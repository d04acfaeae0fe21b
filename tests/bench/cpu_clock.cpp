#include "bench/cpu_clock.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <string>

namespace rescuestream::bench {

std::optional<double> cpu_seconds(int pid) {
    clockid_t clock{};
    timespec time{};
    if (pid <= 0 || ::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) {
        return std::nullopt;
    }
    constexpr double kNanosecond = 1e-9;
    return static_cast<double>(time.tv_sec) + kNanosecond * static_cast<double>(time.tv_nsec);
}

double cpu_seconds_of_children(int pid) {
    double seconds = 0;
    // Source: proc(5). "pid (name) state" come before the numbers; cutime and cstime are the
    // fields 16 and 17.
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);
    if (const auto name_end = line.rfind(')'); name_end != std::string::npos) {
        long long number = 0;
        long long ticks = 0;
        std::size_t at = line.find(' ', name_end + 2);
        for (int field = 4; field <= 17 && at != std::string::npos; ++field) {
            number = std::stoll(line.substr(at + 1));
            if (field >= 16) ticks += number;
            at = line.find(' ', at + 1);
        }
        seconds = static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
    }
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid));
    for (int child = 0; children >> child;) seconds += cpu_seconds(child).value_or(0);
    return seconds;
}

}  // namespace rescuestream::bench
