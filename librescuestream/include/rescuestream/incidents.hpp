#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/json_object.hpp"
#include "rescuestream/members.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/streams.hpp"
#include "rescuestream/time.hpp"
#include "rescuestream/viewers.hpp"

namespace rescuestream {

/// The members of an incident that can be set. Their limits and help texts are in the table of
/// src/fields/incident.hpp.
template <template <class> class As>
struct IncidentMembers {
    As<std::string> name;       ///< 1 to 255 characters, not blank.
    As<std::string> reference;  ///< The team's own number of it; 0 to 255 characters.
    As<JsonObject> metadata;

    bool operator==(const IncidentMembers&) const = default;
};

/// One operation of a team, such as a search or an exercise.
struct Incident : IncidentMembers<AsValue> {
    IncidentId id;
    Timestamp created_at{};
    Timestamp updated_at{};
    std::string created_by;              ///< The caller that opened it.
    std::optional<Timestamp> closed_at;  ///< Empty: it is open.
    std::string closed_by;               ///< Empty while it is open.

    bool operator==(const Incident&) const = default;
};

struct NewIncident : IncidentMembers<AsValue> {};

struct IncidentPatch : IncidentMembers<AsChange> {};

/// Which incidents a list shows. An empty member does not restrict the list.
struct IncidentFilter {
    std::optional<bool> open = std::nullopt;
    std::optional<std::string> name = std::nullopt;       ///< Exactly; several may have it.
    std::optional<std::string> reference = std::nullopt;  ///< Exactly; several may have it.
};

/// Broadcasters and keys that are assigned to an incident. The keys of a broadcaster are assigned
/// with it, unless they belong to another incident.
struct IncidentAssignment {
    std::vector<BroadcasterId> broadcaster_ids;
    std::vector<StreamKeyId> stream_key_ids;

    bool operator==(const IncidentAssignment&) const = default;
};

/// An incident with what is assigned to it at present, each list in ascending order, at most
/// kMostShownAssigned of each. StreamKeyFilter::incident_id finds all keys.
struct IncidentDetails {
    Incident incident;
    IncidentAssignment assigned;
    /// Only in answers of StreamOrchestrator about one incident: GuestLink::public_paths of its
    /// open guest links.
    std::vector<std::string> public_paths{};
    bool has_more_broadcasters = false;  ///< Than `assigned` contains.
    bool has_more_stream_keys = false;
    /// What was assigned whenever it was closed: a close releases it for another incident. At most
    /// kMostShownAssigned of each.
    IncidentAssignment assigned_when_closed{};

    bool operator==(const IncidentDetails&) const = default;
};

/// When and by whom an incident is closed.
struct IncidentClosing {
    Timestamp at{};
    std::string by;
};

/// The result of closing an incident in a storage.
struct IncidentOutcome {
    Incident incident;
    bool changed = false;               ///< False: it was closed already; nothing was written.
    std::vector<StreamKey> ended_keys;  ///< Keys that were made for it, and were still valid.
    std::vector<Cutoff> cutoffs;        ///< Every pending cut-off of these keys.
};

/// The result of closing an incident.
struct ClosedIncident {
    Incident incident;
    std::size_t ended_keys = 0;  ///< Keys that were made for it, and were still valid.
    CutoffReport cutoff;
};

/// A time in which a stream was interrupted.
struct StreamGap {
    Timestamp from{};
    std::optional<Timestamp> to;  ///< Empty: it has not ended.

    bool operator==(const StreamGap&) const = default;
};

/// A stream of an incident with its gaps, oldest first.
struct ReportedStream {
    ListedStream stream;
    /// Since it belongs to the incident; at most kMostReportedGaps, the oldest.
    std::vector<StreamGap> gaps;
    /// When it joined the incident. Empty: it began as a stream of it.
    std::optional<Timestamp> joined_at = std::nullopt;
    bool has_more_gaps = false;

    /// From when on it belongs to the incident.
    Timestamp from() const { return joined_at.value_or(stream.started_at); }
};

/// A viewer of a stream of an incident.
struct ReportedViewer {
    Viewer viewer;
    std::string device;  ///< The label of the key that it watched, else the path.
    std::optional<GuestLinkId> guest_link_id;  ///< The link by which it watched.
    std::string guest_link;                    ///< The label of that link.
    /// When it was put out: somebody removed it, or its guest link was closed or changed, or its
    /// token revoked, meanwhile. Empty for a viewer by HLS, whom nobody can put out.
    std::optional<Timestamp> put_out_at;
    /// The same of a viewer by HLS, who went on until its player or the stream stopped.
    std::optional<Timestamp> right_ended_at;
};

/// What happened in an incident.
struct IncidentReport {
    IncidentDetails details;
    Timestamp made_at{};
    std::vector<ReportedStream>
        streams;  ///< Oldest first; at most kMostReportedStreams, the newest.
    bool has_more_streams = false;
    /// Who watched its streams while they were on air, oldest first; at most kMostReportedViewers.
    /// A storage keeps viewers for a day after their end.
    std::vector<ReportedViewer> viewers;
    bool has_more_viewers = false;
    /// Publishers with a key of it, viewers of its paths, and guests with a wrong PIN that were
    /// refused meanwhile, oldest first; at most kMostReportedRefusals.
    std::vector<RefusedAttempt> refusals;
    /// The labels of its guest links by the path of refused guests (guest_link_path).
    std::map<std::string, std::string> guest_links;
    bool has_more_refusals = false;
    /// Audit entries about the incident, its broadcasters, keys, streams, viewers and guest links,
    /// from its opening until it was closed; oldest first.
    std::vector<AuditEntry> actions;
    bool has_more_actions = false;
};

constexpr std::size_t kMostShownAssigned = 1'000;
constexpr std::size_t kMostReportedStreams = 500;
constexpr std::size_t kMostReportedGaps = 100;
constexpr std::size_t kMostReportedViewers = 1'000;
constexpr std::size_t kMostReportedRefusals = 500;

/// So many incidents may be open at the same time.
constexpr std::size_t kMostOpenIncidents = 1'000;

/// An incident that was closed may be reopened for so long.
constexpr std::chrono::hours kReopenableFor{24};

/// Returns the owner (PlaybackGrant) of tokens that were made for an incident.
std::string token_owner(const IncidentId& incident);

}  // namespace rescuestream
