#include "orchestrator/viewer_check.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/key_follower.hpp"
#include "orchestrator/playback_tokens.hpp"
#include "orchestrator/viewer_kicks.hpp"
#include "orchestrator/viewers.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/secret.hpp"
#include "rules/viewer.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

// Another program stores whom it has accepted within half a second, and this one reads it within
// another half.
constexpr int kRoundsUntilKnown = 3;
constexpr int kRoundsUntilGone = 2;
// An accepted viewer appears among the readers within this time, or never.
constexpr seconds kTimeToAppear{30};
// An RTSP client asks about its connection first, which no list of readers contains.
constexpr seconds kTimeToAppearByRtsp{12};

bool is_watched(const std::string& path) {
    return key_value_of_path(path).empty();
}

}  // namespace

void ViewerCheck::run(const Round& round, bool enforces) {
    // Without any of these, viewers with every right would be removed.
    if (!d_.keys.has_read() || !d_.tokens.has_read() || !d_.viewers.has_read()) return;
    learn_rtsp_ids(round);
    const Readers readers = readers_of(round);
    std::erase_if(unknown_rounds_, [&](const auto& each) { return !readers.contains(each.first); });
    std::erase_if(told_, [&](const auto& id) { return !readers.contains(id); });
    std::vector<Removal> removals;
    for (const auto& [id, present] : readers) {
        if (const auto reason = reason_to_remove(id, present, round.now, enforces)) {
            removals.push_back({id, present, *reason});
        }
    }
    remove(std::move(removals));
    end_absent(readers, round);
}

bool ViewerCheck::is_about_to_remove_unknown() const noexcept {
    return std::any_of(unknown_rounds_.begin(), unknown_rounds_.end(),
                       [](const auto& each) { return each.second == kRoundsUntilKnown; });
}

void ViewerCheck::learn_rtsp_ids(const Round& round) {
    std::unordered_set<ConnectionId> sessions;
    bool has_new = false;
    for (const auto& [name, path] : round.paths) {
        if (!is_watched(name)) continue;
        for (const auto& reader : path.readers) {
            if (reader.protocol != Protocol::kRtsp || d_.viewers.contains(reader.id)) continue;
            sessions.insert(reader.id);
            has_new = has_new || !auth_id_of_.contains(reader.id);
        }
    }
    std::erase_if(auth_id_of_, [&](const auto& each) { return !sessions.contains(each.first); });
    if (!has_new) return;
    for (const auto kind : {ConnectionKind::kRtsp, ConnectionKind::kRtsps}) {
        const auto clients = d_.media_server.list_rtsp_clients(kind);
        if (!clients) continue;
        for (const auto& client : *clients) {
            if (sessions.contains(client.session) && d_.viewers.contains(client.connection)) {
                auth_id_of_[client.session] = client.connection;
            }
        }
    }
}

ViewerCheck::Readers ViewerCheck::readers_of(const Round& round) {
    Readers readers;
    for (const auto& [name, path] : round.paths) {
        if (!is_watched(name)) continue;
        for (const auto& reader : path.readers) {
            if (reader.id.empty()) continue;
            const auto other = auth_id_of_.find(reader.id);
            readers.emplace(other == auth_id_of_.end() ? reader.id : other->second,
                            Present{&reader, &name, readers.size()});
        }
    }
    return readers;
}

std::optional<std::string_view> ViewerCheck::reason_to_remove(const ConnectionId& id,
                                                              const Present& present, Timestamp now,
                                                              bool enforces) {
    const auto viewer = d_.viewers.find(id);
    const PlaybackPolicy policy =
        d_.keys.playback_policy(*present.path, now, d_.settings.playback_policy);
    if (!viewer) {
        if (policy == PlaybackPolicy::kPublic || !enforces) return std::nullopt;
        if (++unknown_rounds_[id] <= kRoundsUntilKnown) return std::nullopt;
        return "unknown";
    }
    const bool is_permitted =
        confirmed_.insert(id).second ? d_.viewers.confirm(id) : !viewer->is_excess;
    if (viewer->is_removed) return "removed";
    const ViewerDecision decision =
        rules::judge_running(policy, viewer->is_helper, viewer->grants, now);
    if (decision != ViewerDecision::kAccepted) return to_string(decision);
    if (policy == PlaybackPolicy::kPublic) return std::nullopt;
    if (!is_permitted) return to_string(ViewerDecision::kTokenInUse);
    for (const auto& grant : viewer->grants) {
        if (!d_.tokens.is_in_force(grant, now)) return to_string(ViewerDecision::kTokenRevoked);
    }
    return std::nullopt;
}

void ViewerCheck::remove(std::vector<Removal> removals) {
    std::sort(removals.begin(), removals.end(),
              [](const Removal& a, const Removal& b) { return a.present.place < b.present.place; });
    std::vector<ViewerKick> kicks;
    for (const auto& removal : removals) {
        const MediaReader& reader = *removal.present.reader;
        if (reader.kind) kicks.push_back({*reader.kind, reader.id});
    }
    kick_viewers(d_.media_server, kicks);
    auto kick = kicks.begin();
    for (const auto& removal : removals) {
        const bool can_be_kicked = removal.present.reader->kind.has_value();
        tell(removal, can_be_kicked ? &*kick++ : nullptr);
    }
}

void ViewerCheck::tell(const Removal& removal, const ViewerKick* kick) {
    const ConnectionId& id = removal.id;
    const MediaReader& reader = *removal.present.reader;
    const std::vector<LogField> fields{{"reason", std::string(removal.reason)},
                                       {"path", *removal.present.path},
                                       {"protocol", std::string(to_string(reader.protocol))},
                                       {"viewer_id", id.value}};
    if (kick == nullptr) {
        if (told_.insert(id).second) {
            d_.logger.info("a viewer should be removed, and MediaMTX cannot do it safely",
                           {fields[0], fields[1], fields[2], fields[3]});
        }
        return;
    }
    if (!kick->outcome) return;
    const auto& kicked = *kick->outcome;
    if (kicked) {
        d_.logger.info("a viewer was removed", {fields[0], fields[1], fields[2], fields[3]});
    } else if (kicked.error().code != ErrorCode::kNotFound && told_.insert(id).second) {
        d_.logger.warning(
            "a viewer cannot be removed",
            {fields[0], fields[1], fields[2], fields[3], {"error", kicked.error().message}});
    }
}

void ViewerCheck::end_absent(const Readers& readers, const Round& round) {
    std::vector<ConnectionId> gone;
    std::unordered_map<ConnectionId, int> absent;
    for (const auto& viewer : d_.viewers.present_at(d_.node)) {
        if (readers.contains(viewer.id)) continue;
        const int rounds = absent_rounds_[viewer.id] + 1;
        const bool was_seen = confirmed_.contains(viewer.id);
        const auto patience =
            viewer.protocol == Protocol::kRtsp ? kTimeToAppearByRtsp : kTimeToAppear;
        const bool is_overdue = viewer.since < round.now - patience;
        const bool is_gone = was_seen ? round.restarted || rounds >= kRoundsUntilGone : is_overdue;
        if (is_gone) {
            gone.push_back(viewer.id);
            confirmed_.erase(viewer.id);
        } else {
            absent.emplace(viewer.id, rounds);
        }
    }
    absent_rounds_ = std::move(absent);
    if (!gone.empty()) d_.viewers.end(gone, round.now);
}

}  // namespace rescuestream
