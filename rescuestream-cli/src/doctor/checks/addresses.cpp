#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/public_places.hpp"
#include "doctor/report.hpp"

namespace rescuestream::cli::doctor {
namespace {

std::string mend_of(const NodeStatus& status, const PublicPlace& place) {
    const std::string port = ":" + std::to_string(place.port);
    return status.is_default
               ? fmt::format("Set {}={}://NAME-OF-THE-MACHINE{}", place.setting, place.scheme, port)
               : fmt::format("rescuestream-cli node edit {} {} {}://NAME-OF-THE-MACHINE{}",
                             status.node.name, place.option, place.scheme, port);
}

}  // namespace

void check_addresses(Installation& installation, Report& report) {
    for (const auto& node : installation.nodes()) {
        const auto places = public_places(node.status.node.addresses);
        const PublicPlace* local = nullptr;
        std::string names;
        for (const auto& place : places) {
            const bool is_any = place.host == "0.0.0.0" || place.host == "::";
            if (is_any) {
                report.error(node.subject(),
                             fmt::format("{} ({}) is not the address of a machine.", place.url,
                                         place.setting),
                             mend_of(node.status, place));
            } else if (place.is_of_this_machine()) {
                if (local == nullptr) local = &place;
                names += (names.empty() ? "" : ", ") + std::string(place.setting);
            }
        }
        if (local != nullptr) {
            report.warning(node.subject(),
                           fmt::format("The addresses that encoders and viewers get lead to their "
                                       "own machine ({}): only programs on this machine can use "
                                       "them.",
                                       names),
                           mend_of(node.status, *local));
        } else if (!places.empty()) {
            report.ok(node.subject(), fmt::format("Encoders and viewers get addresses of {}.",
                                                  places.front().host));
        }
    }
}

}  // namespace rescuestream::cli::doctor
