#include <fmt/format.h>

#include <vector>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/report.hpp"
#include "output.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::size_t kMostShown = 20;

void report_entry(const NodeFacts& node, const std::string& place, Report& report) {
    report.error(
        node.subject(),
        fmt::format("overridePublisher is no in {}: MediaMTX itself refuses an encoder "
                    "that comes back while its previous connection is open (up to 10 s), "
                    "and no encoder can take over a stream.",
                    printable(place)),
        fmt::format("In mediamtx.yml, under {}: overridePublisher: yes", printable(place)));
}

}  // namespace

void check_takeover(Installation& installation, Report& report) {
    for_each_configuration(
        installation, report, [&](const NodeFacts& node, const MediaConfiguration& found) {
            std::vector<const MediaPathSettings*> without;
            for (const auto& entry : found.paths) {
                if (entry.source == "publisher" && !entry.override_publisher)
                    without.push_back(&entry);
            }
            if (without.empty()) {
                return report.ok(node.subject(),
                                 "Encoders can take over (overridePublisher: yes).");
            }
            if (!found.path_defaults.override_publisher) {
                return report_entry(node, "pathDefaults", report);
            }
            for (std::size_t i = 0; i < without.size() && i < kMostShown; ++i) {
                report_entry(node, "paths." + without[i]->name, report);
            }
        });
}

}  // namespace rescuestream::cli::doctor
