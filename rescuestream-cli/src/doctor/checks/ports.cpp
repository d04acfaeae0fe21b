#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/public_places.hpp"
#include "doctor/reach.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

constexpr std::chrono::milliseconds kWithin{1'000};

void check_place(const NodeFacts& node, const PublicPlace& place, std::string& answering,
                 Report& report) {
    const auto* service = node.configuration ? node.configuration->service(place.service) : nullptr;
    if (service != nullptr && !service->enabled) {
        return report.warning(node.subject(),
                              fmt::format("{} is switched off in MediaMTX, and the address {} is "
                                          "given to people.",
                                          place.service, place.url),
                              fmt::format("In mediamtx.yml: {}: yes", place.service));
    }
    const std::string trouble = std::string_view(place.service) == "srt"
                                    ? srt_trouble(place.host, place.port, kWithin)
                                    : tcp_trouble(place.host, place.port, kWithin);
    if (trouble.empty()) {
        answering += (answering.empty() ? "" : ", ") + std::string(place.service);
        return;
    }
    const std::string where = service == nullptr ? std::string()
                                                 : fmt::format(" (in MediaMTX: {}Address: {})",
                                                               place.service, service->address);
    report.error(node.subject(),
                 fmt::format("{} at {}: {}{}.", place.service, place.url, trouble, where),
                 node.status.is_default
                     ? fmt::format("Correct {}, open the port in the firewall, or start MediaMTX.",
                                   place.setting)
                     : fmt::format("rescuestream-cli node edit {} {} URL, or open the port in the "
                                   "firewall.",
                                   node.status.node.name, place.option));
}

}  // namespace

void check_ports(Installation& installation, Report& report) {
    for (const auto& node : installation.nodes()) {
        if (node.status.node.api_url == "memory:") continue;
        // An address of this machine says nothing about another one.
        std::string answering;
        for (const auto& place : public_places(node.status.node.addresses)) {
            if (place.is_of_this_machine() && !node.is_local()) continue;
            check_place(node, place, answering, report);
        }
        if (!answering.empty()) {
            report.ok(node.subject(), fmt::format("These ports answer: {}.", answering));
        }
    }
}

}  // namespace rescuestream::cli::doctor
