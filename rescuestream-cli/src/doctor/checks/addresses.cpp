#include <fmt/format.h>

#include "doctor/checks/checks.hpp"
#include "doctor/installation.hpp"
#include "doctor/public_places.hpp"
#include "doctor/report.hpp"
#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream::cli::doctor {
namespace {

std::string mend_of(const NodeStatus& status, const PublicPlace& place) {
    const std::string port = ":" + std::to_string(place.port);
    return status.is_default
               ? fmt::format("Set {}={}://NAME-OF-THE-MACHINE{}", place.setting, place.scheme, port)
               : fmt::format("rescuestream-cli node edit {} {} {}://NAME-OF-THE-MACHINE{}",
                             status.node.name, place.option, place.scheme, port);
}

bool is_of_this_machine(const std::string& host) {
    return host == "localhost" || is_loopback_address(host);
}

// The addresses of guest links begin with it.
void check_public_url(Installation& installation, bool serves_others, Report& report) {
    const auto& settings = installation.all_settings();
    if (!settings || !installation.knows("PUBLIC_URL")) return;
    const std::string& address = settings->orchestrator.public_url;
    const auto url = parse_http_url(address);
    if (!url || !is_of_this_machine(url->host)) return;
    if (serves_others) {
        report.warning("guest links",
                       fmt::format("Their addresses begin with {}, which leads guests to their own "
                                   "machine.",
                                   address),
                       "Set PUBLIC_URL to the address at which people reach the server.");
    } else if (settings->api_port != 0 && url->port != settings->api_port) {
        report.warning("guest links",
                       fmt::format("Their addresses begin with {}, and the server listens on port "
                                   "{}.",
                                   address, settings->api_port),
                       "Correct PUBLIC_URL, or leave it out: then it has the port of API_PORT.");
    }
}

}  // namespace

void check_addresses(Installation& installation, Report& report) {
    bool serves_others = false;
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
            serves_others = true;
            report.ok(node.subject(), fmt::format("Encoders and viewers get addresses of {}.",
                                                  places.front().host));
        }
    }
    check_public_url(installation, serves_others, report);
}

}  // namespace rescuestream::cli::doctor
