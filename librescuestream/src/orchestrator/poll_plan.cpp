#include "orchestrator/poll_plan.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/helper_publishers.hpp"
#include "rescuestream/secret.hpp"
#include "rules/key.hpp"
#include "rules/publisher.hpp"

namespace rescuestream {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

milliseconds stale_after_of(const StreamKey& key, const OrchestratorSettings& settings) {
    return key.policies.stale_after ? milliseconds(*key.policies.stale_after)
                                    : settings.stale_after;
}

// Nothing but the path and the connection of an unknown publisher is known.
bool may_adopt(const Session& owner, const MediaSource& source, Timestamp now) {
    Claim publisher;
    publisher.protocol = protocol_of(source);
    publisher.claimed_at = now;
    const auto& policies = owner.key.policies;
    return !owner.claim && rules::judge_publisher(policies, publisher) == ClaimDecision::kGranted &&
           !rules::end_of_source(policies, source);
}

bool is_cut_for_bitrate(const Session& session, const Figures& figures) {
    if (session.key.policies.over_bitrate != OverBitrate::kCut) return false;
    const auto load = figures.load_of(session.stream->id);
    return load && load->over_bitrate_since;
}

// `path` is null if the source is not present.
std::optional<EndReason> outrun_limit(const Session& session, const MediaPath* path,
                                      const Figures& figures, Timestamp now) {
    const StreamKey& key = session.key;
    if (session.pending_end) return std::nullopt;
    // A live stream without a claim is being cut off already.
    if (!session.claim && session.stream->state == StreamState::kLive) return std::nullopt;
    if (key.status_at(now) == StreamKeyStatus::kExpired) return EndReason::kKeyExpired;
    // Nobody knows what the key permits.
    if (rules::is_unreadable(key.policies)) return EndReason::kDisabled;
    if (session.claim && session.claim->by_previous_value && key.previous_value_expires_at &&
        *key.previous_value_expires_at <= now) {
        return EndReason::kKeyRotated;
    }
    if (session.claim && session.claim->live) {
        if (const auto reason = rules::end_of_publisher(key.policies, *session.claim))
            return reason;
        if (path != nullptr) {
            if (const auto reason = rules::end_of_source(key.policies, *path->source))
                return reason;
            if (is_cut_for_bitrate(session, figures)) return EndReason::kBitrateExceeded;
        }
    }
    const auto& longest = key.policies.max_session_duration;
    if (longest && now - session.stream->started_at >= *longest) return EndReason::kMaxDuration;
    return std::nullopt;
}

/// The state of one run of `plan_round`.
class Planner {
public:
    Planner(const Round& round, const PlanContext& context) : round_(round), c_(context) {}

    Plan run() {
        for (const auto& session : round_.sessions) compare_session(session);
        compare_sources();
        return std::move(plan_);
    }

private:
    void compare_session(const Session& session) {
        const auto* path = path_of(round_, session);
        if (const auto reason = outrun_limit(session, path, c_.figures, round_.now)) {
            plan_.actions.emplace_back(EndStream{session, *reason, path});
        } else if (path != nullptr) {
            compare_deliveries(session, *path);
        } else if (!has_source(session)) {
            observe(session, rules::TimePassed{});
        } else if (seen_twice({Suspect::Kind::kAbsentSource, *session.stream->source_id}) ||
                   round_.restarted) {
            // A stream that began after the list was read is not in it, so one absence proves
            // nothing.
            observe(session, rules::SourceUnavailable{*session.stream->source_id});
        }
    }

    void compare_deliveries(const Session& session, const MediaPath& path) {
        const auto delivery = c_.figures.delivery(path.source->id);
        const milliseconds stale = stale_after_of(session.key, c_.settings);
        const bool stalled = session.claim && session.claim->stalled_since;
        if (delivery && stalled && delivery->grew) {
            observe(session, rules::SourceDelivers{source_at(path)});
        } else if (delivery && delivery->silence >= stale &&
                   (!stalled || session.stream->state == StreamState::kLive)) {
            observe(session, rules::SourceStalled{path.source->id,
                                                  round_.now - microseconds(delivery->silence)});
        } else {
            if (delivery && !stalled && !delivery->grew) {
                plan_.soonest_stale = std::min(plan_.soonest_stale, stale - delivery->silence);
            }
            observe(session, rules::TimePassed{});
        }
    }

    void compare_sources() {
        for (const auto& [name, owner] : round_.owners) {
            const auto path = round_.paths.find(name);
            if (path != round_.paths.end()) compare_source(path->second, owner);
        }
    }

    void compare_source(const MediaPath& path, const std::optional<Session>& owner) {
        // Nothing is known yet that requires its removal.
        if (c_.let_in_by_memory.contains(path.source->id)) return;
        if (c_.helpers.contains(path.source->id)) return;
        if (!owner) {
            if (is_ignored(c_.settings, path.name)) return;
            meet_unknown(path, std::nullopt);
            return;
        }
        const StreamKey& key = owner->key;
        if (!key.is_usable_at(round_.now) || key.is_blocked_at(round_.now)) {
            plan_.actions.emplace_back(RemoveSource{&path, "its key may not publish"});
            return;
        }
        const bool is_owner = owner->claim && owner->claim->connection == path.source->id;
        if (is_owner && owner->claim->stalled_since) {
            const auto delivery = c_.figures.delivery(path.source->id);
            if (delivery && delivery->grew) observe(*owner, rules::SourceDelivers{source_at(path)});
        } else if (is_owner || rules::is_expected(*owner, source_at(path), round_.now)) {
            observe(*owner, source_at(path));
        } else {
            meet_unknown(path, owner);
        }
    }

    void meet_unknown(const MediaPath& path, const std::optional<Session>& owner) {
        // A connection that was just accepted or is just closing may be seen like this once.
        if (!seen_twice({Suspect::Kind::kUnknownSource, path.source->id})) return;
        const bool displaced = owner && owner->claim && owner->claim->live;
        const auto policy = c_.settings.unknown_publisher.value_or(UnknownPublisher::kKick);
        if (policy == UnknownPublisher::kIgnore && !displaced) {
            plan_.actions.emplace_back(ListSource{&path});
        } else if (policy == UnknownPublisher::kAdopt && owner &&
                   // Nobody knows which of several keys it has.
                   !round_.shared_paths.contains(path.name) &&
                   may_adopt(*owner, *path.source, round_.now)) {
            observe(*owner, rules::SourceAdopted{source_at(path), c_.node});
        } else {
            plan_.actions.emplace_back(RemoveSource{
                &path, displaced ? "another publisher has its key" : "it was not accepted here"});
        }
    }

    void observe(const Session& session, rules::What what) {
        plan_.actions.emplace_back(Observe{session, std::move(what)});
    }

    // Returns true from the second consecutive round on in which it is suspected.
    bool seen_twice(Suspect suspect) {
        const bool is_known = c_.suspects.contains(suspect);
        plan_.suspects.insert(std::move(suspect));
        return is_known;
    }

    const Round& round_;
    const PlanContext& c_;
    Plan plan_;
};

}  // namespace

rules::SourceAvailable source_at(const MediaPath& path) {
    return {path.source->id,
            path.source->type,
            path.name,
            !key_value_of_path(path.name).empty(),
            protocol_of(*path.source),
            path.source->id_may_differ};
}

const MediaPath* path_of(const Round& round, const Session& session) {
    if (!session.stream || !session.stream->source_id) return nullptr;
    const auto found = round.publishers.find(*session.stream->source_id);
    return found == round.publishers.end() ? nullptr : found->second;
}

bool is_publisher(const MediaPath& path) noexcept {
    return path.ready && path.source && !path.source->id.empty();
}

bool has_source(const Session& session) noexcept {
    if (!session.stream || !session.stream->source_id) return false;
    return session.stream->state == StreamState::kLive ||
           (session.claim && session.claim->connection == *session.stream->source_id);
}

Plan plan_round(const Round& round, const PlanContext& context) {
    return Planner(round, context).run();
}

std::vector<Action> plan_unseen(const std::vector<Session>& sessions, microseconds unseen,
                                Timestamp now, const std::string& node,
                                const OrchestratorSettings& settings) {
    std::vector<Action> actions;
    const Timestamp since = now - unseen;
    for (const auto& session : sessions) {
        if (unseen >= settings.node_lost_after) {
            actions.emplace_back(Observe{session, rules::NodeLost{since}});
        } else if (unseen >= stale_after_of(session.key, settings)) {
            actions.emplace_back(Observe{session, rules::NodeUnseen{node, since}});
        }
    }
    return actions;
}

}  // namespace rescuestream
