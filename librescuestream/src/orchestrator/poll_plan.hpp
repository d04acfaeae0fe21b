#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "orchestrator/figures.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/settings.hpp"
#include "rules/session.hpp"

namespace rescuestream {

/// One poll: what the media server has and what the storage believes.
struct Round {
    std::unordered_map<std::string, MediaPath> paths;
    std::unordered_map<ConnectionId, const MediaPath*> publishers;  ///< Of `paths`, by source.
    std::vector<Session> sessions;  ///< Those of the node with a stream that has not ended.
    /// Of each path whose source is that of no session above: the session that the path belongs to;
    /// empty when it belongs to none. A path that the storage said nothing about is absent.
    std::unordered_map<std::string, std::optional<Session>> owners;
    Timestamp now{};
    bool restarted = false;  ///< All connections from before are gone: one absence is proof.
};

/// The path at which the stream's source publishes; null: it is not there.
const MediaPath* path_of(const Round& round, const Session& session);
bool is_publisher(const MediaPath& path) noexcept;
/// A source that is still there, though silent, is the claim's.
bool has_source(const Session& session) noexcept;

/// What was seen in one round and proves something only when the next round sees it too.
struct Suspect {
    enum class Kind { kAbsentSource, kUnknownSource, kIdleReservation };

    Kind kind = Kind::kAbsentSource;
    ConnectionId connection;

    auto operator<=>(const Suspect&) const = default;
};
using Suspects = std::set<Suspect>;

// What a round may ask to be done.

/// The session runner applies the rules to it, on the newest state of the session.
struct Observe {
    Session session;
    rules::What what;
};
/// The stream has outrun a limit of its key: it is cut off.
struct EndStream {
    Session session;
    EndReason reason = EndReason::kKeyExpired;
    const MediaPath* path = nullptr;  ///< Of its source, when that is there.
};
/// A source without a right is removed from the media server.
struct RemoveSource {
    const MediaPath* path = nullptr;
    std::string_view reason;  ///< For log and record.
};
/// A source that nobody of us let in stays (UnknownPublisher::kIgnore), and is listed.
struct ListSource {
    const MediaPath* path = nullptr;
};
using Action = std::variant<Observe, EndStream, RemoveSource, ListSource>;

struct Plan {
    std::vector<Action> actions;  ///< In the order in which they are to be carried out.
    Suspects suspects;            ///< For the next round.
    /// How long from now until a source that is silent counts as stale, if it stays silent. Very
    /// long when none is.
    std::chrono::milliseconds soonest_stale = std::chrono::hours(1);
};

/// What is outside of a round and decides with it.
struct PlanContext {
    const std::string& node;
    const OrchestratorSettings& settings;
    const Figures& figures;    ///< After `Figures::look` of this round.
    const Suspects& suspects;  ///< Of the round before.
    /// Let in while the storage was out of reach (OutagePublishers), and not settled yet.
    const std::unordered_set<ConnectionId>& let_in_by_memory;
};

/// What follows from a round: the difference between both sides, as actions. Pure. Pointers of the
/// actions are into `round`.
Plan plan_round(const Round& round, const PlanContext& context);

/// What follows for the sessions of a media server that has not answered for `unseen`: a newcomer
/// on another node may have its streams' keys soon, and they end when nobody has seen it for too
/// long. Pure.
std::vector<Action> plan_unseen(const std::vector<Session>& sessions,
                                std::chrono::microseconds unseen, Timestamp now,
                                const std::string& node, const OrchestratorSettings& settings);

}  // namespace rescuestream
