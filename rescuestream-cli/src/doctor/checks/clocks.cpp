#include <fmt/format.h>

#include <cstdlib>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "output.hpp"

namespace rescuestream::cli::doctor {
namespace {

using std::chrono::seconds;

// HTTP tells whole seconds, and an answer may be seconds old when all of them are compared.
constexpr seconds kUnremarkable{5};
constexpr seconds kHarmful{60};

struct OtherClock {
    std::string subject;
    Timestamp time;
    Timestamp read_at;  // by this machine's clock
};

void compare(const OtherClock& other, Report& report, bool& is_right) {
    const auto apart = std::chrono::abs(other.time - other.read_at);
    if (apart <= kUnremarkable) return;
    is_right = false;
    const std::string message =
        fmt::format("Its clock is {} {} that of this machine.", show_duration(apart),
                    other.time < other.read_at ? "behind" : "ahead of");
    const std::string mend = "Let NTP set the clocks of all machines (timedatectl set-ntp true).";
    if (apart > kHarmful) {
        report.error(other.subject,
                     message + " Expiry times and signatures of requests are judged wrongly.",
                     mend);
    } else {
        report.warning(other.subject, message, mend);
    }
}

}  // namespace

void check_clocks(Installation& installation, Report& report) {
    bool is_right = true;
    std::size_t compared = 0;
    const auto look = [&](const std::string& subject, const std::optional<Timestamp>& time,
                          Timestamp read_at) {
        if (!time) return;
        ++compared;
        compare({subject, *time, read_at}, report, is_right);
    };
    look("server", installation.server().clock, installation.server().read_at);
    if (installation.database()) {
        look("database", installation.database()->clock, installation.database_read_at());
    }
    for (const auto& node : installation.nodes()) {
        if (node.configuration) look(node.subject(), node.configuration->clock, node.read_at);
    }
    if (compared == 0) return report.skipped("", "No other program told its time.");
    if (is_right) {
        report.ok("", fmt::format("{} with that of this machine.",
                                  compared == 1 ? std::string("1 other clock agrees")
                                                : fmt::format("{} other clocks agree", compared)));
    }
}

}  // namespace rescuestream::cli::doctor
