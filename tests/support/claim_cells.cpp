#include "support/claim_cells.hpp"

#include <array>

namespace rescuestream::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

const microseconds kInstant{1};
constexpr seconds kReservation{30};
constexpr seconds kStale{5};
constexpr seconds kInterval{10};

struct Device {
    const char* name;
    const char* address;
    const char* user_agent;
};

// Whether a device is the same depends on both texts.
constexpr std::array<Device, 4> kDevices{{{"same device", "192.0.2.1", "OBS"},
                                          {"other address", "192.0.2.2", "OBS"},
                                          {"other agent", "192.0.2.1", "Larix"},
                                          {"no agent", "192.0.2.1", ""}}};

struct Held {
    std::string name;
    std::optional<Claim> claim;
};

Claim claim_of(const char* connection, const Device& device) {
    Claim claim;
    claim.connection = ConnectionId{connection};
    claim.node = "default";
    claim.protocol = Protocol::kRtmp;
    claim.remote_address = device.address;
    claim.user_agent = device.user_agent;
    return claim;
}

std::vector<Held> held_claims(Timestamp now) {
    std::vector<Held> all{{"free", std::nullopt}};
    for (const char* agent : {"OBS", ""}) {
        for (const auto since_takeover : {seconds(-1), seconds(0), kInterval}) {
            Claim held = claim_of("old", {"", "192.0.2.1", agent});
            std::string name = std::string("held by '") + agent + "'";
            if (since_takeover >= seconds(0)) {
                // Within the interval, and at its end.
                held.last_takeover_at = now - since_takeover -
                                        (since_takeover == kInterval ? microseconds(0) : kInstant);
                name += ", taken over " + std::to_string(since_takeover.count()) + " s ago";
            }
            for (const auto too_old : {microseconds(0), kInstant}) {
                held.live = false;
                held.claimed_at = now - kReservation - too_old;
                all.push_back({name + (too_old == kInstant ? ", void" : ", reserved"), held});
            }
            held.live = true;
            all.push_back({name + ", live", held});
            for (const auto too_short : {microseconds(0), kInstant}) {
                held.stalled_since = now - kStale + too_short;
                all.push_back({name + (too_short == kInstant ? ", silent" : ", stale"), held});
            }
            held.stalled_since.reset();
        }
    }
    return all;
}

}  // namespace

std::vector<ClaimCell> claim_cells(Timestamp now) {
    std::vector<ClaimCell> cells;
    for (const auto& held : held_claims(now)) {
        for (const auto& device : kDevices) {
            for (const char* connection : {"old", "new"}) {
                for (const auto policy : {OnDuplicate::kReject, OnDuplicate::kRejectIfHealthy,
                                          OnDuplicate::kTakeover}) {
                    for (const bool is_own : {false, true}) {
                        ClaimCell cell;
                        cell.name = held.name + "; " + connection + " on " + device.name + ", " +
                                    std::string(to_string(policy)) +
                                    (is_own ? " of the key" : " of the installation");
                        cell.held = held.claim;
                        if (is_own) cell.policies.on_duplicate = policy;
                        // The duplicate policy that does not apply has another value.
                        cell.request.default_on_duplicate = !is_own ? policy
                                                            : policy == OnDuplicate::kTakeover
                                                                ? OnDuplicate::kReject
                                                                : OnDuplicate::kTakeover;
                        cell.request.claim = claim_of(connection, device);
                        cell.request.claim.claimed_at = now;
                        cell.request.reservation_timeout = kReservation;
                        cell.request.stale_after = kStale;
                        cell.request.same_device_interval = kInterval;
                        cells.push_back(std::move(cell));
                    }
                }
            }
        }
    }
    return cells;
}

}  // namespace rescuestream::testing
