#include "orchestrator/outage.hpp"

#include <algorithm>
#include <vector>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rules/claim.hpp"

namespace rescuestream {
namespace {

// For this time a refusal because the key is in use is not final: the claim may be from before the
// outage, and the next rounds of the reconciler end it if its connection is gone.
constexpr std::chrono::seconds kLongestContest{10};

}  // namespace

PublishDecision OutagePublishers::decide(const ClaimRequest& request, StreamKeyId key,
                                         const std::optional<Figures::Presence>& present) {
    PublishDecision decision;
    decision.stream_key_id = key;
    decision.in_outage = true;
    const Instant steady_now = d_.clock.steady_now();
    const bool may_displace = d_.settings.on_duplicate == OnDuplicate::kTakeover;
    const std::lock_guard lock(mutex_);
    const auto held = accepted_.find(key);
    const bool is_known_device =
        held != accepted_.end() && rules::is_same_device(held->second.request.claim, request.claim);
    const bool is_same = held != accepted_.end() &&
                         held->second.request.claim.connection == request.claim.connection;
    bool in_use = false;
    if (present && present->source != request.claim.connection) {
        in_use = present->silence < d_.settings.stale_after && !is_known_device;
    } else if (held != accepted_.end() && !is_same && !is_known_device) {
        // Accepted, but not at the media server yet.
        in_use = steady_now - held->second.steady_at < d_.settings.reservation_timeout;
    }
    if (in_use && !may_displace) {
        decision.refusal = PublishRefusal::kInUse;
        return decision;
    }
    accept(request, key);
    return decision;
}

PublishDecision OutagePublishers::decide(const ClaimRequest& request, StreamKeyId key,
                                         const std::vector<StreamKeyId>& others,
                                         const std::vector<Present>& present) {
    PublishDecision decision;
    decision.stream_key_id = key;
    decision.in_outage = true;
    const auto refuse = [&](const std::optional<StreamKeyId>& holder) {
        decision.refusal = holder == key ? PublishRefusal::kInUse : PublishRefusal::kPathInUse;
        if (holder != key) decision.holder = holder;
        return decision;
    };
    const ConnectionId& connection = request.claim.connection;
    const bool may_displace = d_.settings.on_duplicate == OnDuplicate::kTakeover;
    const std::lock_guard lock(mutex_);
    const auto own = accepted_.find(key);
    // A second encoder of the key itself is judged as without other keys.
    const bool yields_to_own =
        may_displace ||
        (own != accepted_.end() && rules::is_same_device(own->second.request.claim, request.claim));
    for (const auto& each : present) {
        if (each.source == connection || each.silence >= d_.settings.stale_after) continue;
        const auto holder = each.key ? each.key : key_of(each.source);
        if (holder == key && yields_to_own) continue;
        return refuse(holder);
    }
    // Accepted, but not at the media server yet.
    const auto is_awaited = [&](const Accepted& accepted) {
        const ConnectionId& waiting = accepted.request.claim.connection;
        return waiting != connection &&
               d_.clock.steady_now() - accepted.steady_at < d_.settings.reservation_timeout &&
               std::none_of(present.begin(), present.end(),
                            [&](const Present& each) { return each.source == waiting; });
    };
    for (const auto other : others) {
        const auto held = accepted_.find(other);
        if (held != accepted_.end() && is_awaited(held->second)) return refuse(other);
    }
    if (own != accepted_.end() && !yields_to_own && is_awaited(own->second)) return refuse(key);
    for (const auto other : others) accepted_.erase(other);
    accept(request, key);
    return decision;
}

std::optional<StreamKeyId> OutagePublishers::key_of(const ConnectionId& connection) const {
    for (const auto& [key, accepted] : accepted_) {
        if (accepted.request.claim.connection == connection) return key;
    }
    return std::nullopt;
}

void OutagePublishers::accept(const ClaimRequest& request, StreamKeyId key) {
    accepted_.insert_or_assign(
        key, Accepted{request, request.claim.claimed_at, d_.clock.steady_now(), std::nullopt});
    d_.logger.warning("publisher is accepted while the database is unreachable",
                      {{"stream_key_id", key.to_string()},
                       {"connection_id", request.claim.connection.value},
                       {"remote_address", request.claim.remote_address}});
}

bool OutagePublishers::protects(const ConnectionId& connection) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, accepted] : accepted_) {
        if (accepted.request.claim.connection == connection) return true;
    }
    return false;
}

void OutagePublishers::settle() {
    std::vector<std::pair<StreamKeyId, Accepted>> all;
    {
        const std::lock_guard lock(mutex_);
        if (accepted_.empty()) return;
        all.assign(accepted_.begin(), accepted_.end());
    }
    for (auto& [key, accepted] : all) {
        const bool is_settled = settle_one(key, accepted);
        const std::lock_guard lock(mutex_);
        const auto now_there = accepted_.find(key);
        if (now_there == accepted_.end() ||
            now_there->second.request.claim.connection != accepted.request.claim.connection) {
            continue;  // replaced meanwhile by another one
        }
        if (is_settled) {
            accepted_.erase(now_there);
        } else {
            now_there->second.first_try = accepted.first_try;
        }
    }
}

bool OutagePublishers::settle_one(StreamKeyId key, Accepted& accepted) {
    const Instant steady_now = d_.clock.steady_now();
    accepted.request.claim.claimed_at = d_.clock.now();
    accepted.request.known.reset();  // it was judged at an earlier time
    const auto outcome = d_.storage.claim(accepted.request);
    if (!outcome) return false;
    if (!accepted.first_try) accepted.first_try = steady_now;
    const bool is_in_use = outcome->decision == ClaimDecision::kInUse ||
                           outcome->decision == ClaimDecision::kPathInUse;
    if (is_in_use && steady_now - *accepted.first_try < kLongestContest) {
        return false;
    }
    write_audit(key, accepted, to_string(outcome->decision));
    d_.logger.info("publisher that was accepted during an outage is decided by the database",
                   {{"stream_key_id", key.to_string()},
                    {"connection_id", accepted.request.claim.connection.value},
                    {"outcome", std::string(to_string(outcome->decision))}});
    return true;
}

void OutagePublishers::write_audit(StreamKeyId key, const Accepted& accepted,
                                   std::string_view outcome) {
    const auto entry = make_audit_entry(
        {"publish_in_outage",
         "stream_key",
         key.to_string(),
         {{"accepted_at", format_rfc3339(accepted.accepted_at)}, {"outcome", outcome}}},
        Caller{"rescuestream", "INTERNAL", "/auth", accepted.request.claim.remote_address,
               std::nullopt},
        d_.clock.now(), d_.random);
    const auto written = d_.storage.append_audit(entry);
    if (!written) {
        d_.logger.warning(
            "the audit entry of a publisher that was accepted during an outage cannot be written",
            {{"stream_key_id", key.to_string()}, {"error", written.error().message}});
    }
}

}  // namespace rescuestream
