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

/// The input of one round: the state of the media server and the state in the storage.
struct Round {
    std::unordered_map<std::string, MediaPath> paths;
    std::unordered_map<ConnectionId, const MediaPath*>
        publishers;  ///< The publishers of `paths`, by connection id of their source.
    std::vector<Session> sessions;  ///< Sessions of the node with a stream that has not ended.
    /// For each path whose source belongs to none of `sessions`: the session to which the path
    /// belongs; empty if there is none. A path for which the storage did not answer is absent.
    std::unordered_map<std::string, std::optional<Session>> owners;
    std::unordered_set<std::string> shared_paths;  ///< Of these, the paths that several keys have.
    Timestamp now{};
    bool restarted = false;  ///< The media server was restarted, so all earlier connections are
                             ///< gone, and one absence is proof.
};

/// Returns the source of a path as the rules see it. Precondition: the path has a source.
rules::SourceAvailable source_at(const MediaPath& path);
/// Returns the path at which the stream's source publishes, or null if the source is not present.
const MediaPath* path_of(const Round& round, const Session& session);
bool is_publisher(const MediaPath& path) noexcept;
/// Returns true if the session has a source, even if that is silent.
bool has_source(const Session& session) noexcept;

/// An observation that proves something only if the next round confirms it.
struct Suspect {
    enum class Kind { kAbsentSource, kUnknownSource, kIdleReservation };

    Kind kind = Kind::kAbsentSource;
    ConnectionId connection;

    auto operator<=>(const Suspect&) const = default;
};
using Suspects = std::set<Suspect>;

// The actions that a round may require.

/// The session runner applies the rules to this observation, on the newest state of the session.
struct Observe {
    Session session;
    rules::What what;
};
/// The stream exceeds a limit of its key and is cut off.
struct EndStream {
    Session session;
    EndReason reason = EndReason::kKeyExpired;
    const MediaPath* path = nullptr;  ///< The path of its source, if the source is present.
};
/// A source without a right is removed from the media server.
struct RemoveSource {
    const MediaPath* path = nullptr;
    std::string_view reason;  ///< For the log and the audit log.
};
/// A source that no program accepted stays (UnknownPublisher::kIgnore) and is listed.
struct ListSource {
    const MediaPath* path = nullptr;
};
using Action = std::variant<Observe, EndStream, RemoveSource, ListSource>;

struct Plan {
    std::vector<Action> actions;  ///< In the order in which they have to be carried out.
    Suspects suspects;            ///< For the next round.
    /// The time until the next silent source becomes stale if it stays silent. Very long if no
    /// source is silent.
    std::chrono::milliseconds soonest_stale = std::chrono::hours(1);
};

/// Further input of the plan.
struct PlanContext {
    const std::string& node;
    const OrchestratorSettings& settings;
    const Figures& figures;    ///< After `Figures::sample` in this round.
    const Suspects& suspects;  ///< Suspects of the previous round.
    /// Accepted while the storage was unreachable (OutagePublishers); their claims are not stored
    /// yet.
    const std::unordered_set<ConnectionId>& let_in_by_memory;
    const std::unordered_set<ConnectionId>& helpers;  ///< See HelperPublishers.
};

/// Returns the actions that remove the differences between both states. A pure function. The
/// actions point into `round`.
Plan plan_round(const Round& round, const PlanContext& context);

/// Returns the actions for the sessions of a media server that has not answered for `unseen`: their
/// claims become stale, so that a publisher on another node can take the keys over, and their
/// streams end after OrchestratorSettings::node_lost_after. A pure function.
std::vector<Action> plan_unseen(const std::vector<Session>& sessions,
                                std::chrono::microseconds unseen, Timestamp now,
                                const std::string& node, const OrchestratorSettings& settings);

}  // namespace rescuestream
