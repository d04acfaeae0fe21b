// What the operating system knows of this process. Source: proc(5).

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "metrics/families.hpp"
#include "metrics/sink.hpp"

namespace rescuestream::server {
namespace {

std::string text_of(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Seconds since 1970 at which the machine was started.
std::optional<double> boot_time() {
    static const std::optional<double> time = []() -> std::optional<double> {
        const std::string text = text_of("/proc/stat");
        const auto place = text.find("btime ");
        if (place == std::string::npos) return std::nullopt;
        return std::strtod(text.c_str() + place + 6, nullptr);
    }();
    return time;
}

std::optional<std::size_t> open_descriptors() {
    struct Close {
        void operator()(DIR* directory) const noexcept { ::closedir(directory); }
    };
    const std::unique_ptr<DIR, Close> directory(::opendir("/proc/self/fd"));
    if (!directory) return std::nullopt;
    std::size_t entries = 0;
    while (::readdir(directory.get()) != nullptr) ++entries;
    return entries < 3 ? 0 : entries - 3;  // ".", "..", and the directory itself
}

}  // namespace

void write_process(MetricSink& sink) {
    using enum MetricKind;
    const std::string text = text_of("/proc/self/stat");
    const auto name_end = text.rfind(')');  // the name of the program may contain anything
    if (name_end != std::string::npos) {
        std::istringstream fields(text.substr(name_end + 1));
        // The fields from the third on, in proc(5)'s order.
        std::array<double, 22> value{};
        std::string state;
        fields >> state;
        for (std::size_t i = 1; i < value.size(); ++i) fields >> value.at(i);
        const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
        const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
        if (fields) {
            sink.single("process_cpu_seconds_total", "Processor time used, of user and system.",
                        kCounter, (value[11] + value[12]) / ticks);
            sink.single("process_threads", "Threads of the process.", kGauge, value[17]);
            sink.single("process_virtual_memory_bytes", "Virtual memory size.", kGauge, value[20]);
            sink.single("process_resident_memory_bytes", "Resident memory size.", kGauge,
                        value[21] * page);
            if (const auto boot = boot_time()) {
                sink.single("process_start_time_seconds",
                            "Start of the process, in seconds since 1970.", kGauge,
                            *boot + value[19] / ticks);
            }
        }
    }
    if (const auto open = open_descriptors()) {
        sink.single("process_open_fds", "Open file descriptors.", kGauge,
                    static_cast<double>(*open));
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        sink.single("process_max_fds", "Maximum of open file descriptors.", kGauge,
                    static_cast<double>(limit.rlim_cur));
    }
}

}  // namespace rescuestream::server
