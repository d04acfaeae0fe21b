#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rescuestream/events.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/sessions.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::rules {

/// The situation of a key: each possible pair of its claim and its stream. ("Stalled": the claim is
/// live and its source delivers nothing.)
enum class Situation {         // claim         stream
    kIdle,                     // none          none
    kAccepted,                 // reserved      none          waits for its source
    kOnAir,                    // live          live
    kSilent,                   // stalled       reconnecting  the source is there
    kSilentAfterWindow,        // stalled       none          the same, after the reconnect window
    kNodeUnseen,               // stalled       live          another publisher may take the key
    kReconnecting,             // none          reconnecting  the source is gone
    kReconnectingAndAccepted,  // reserved      reconnecting
    kBeingTakenOver,           // reserved      live          the old source is there
    kBeingCutOff,              // none          live          the cut-off ends it, for its reason
};

std::string_view to_string(Situation situation) noexcept;

/// Returns an empty optional for any other pair. This is a defect: `apply` and the steps of the
/// storage never produce one.
std::optional<Situation> situation_of(const Session& session) noexcept;

/// The media server reports that a path has a source.
struct SourceAvailable {
    ConnectionId connection;  ///< Empty: the report does not contain it; that of the claim is used.
    std::optional<std::string> source_type;
    std::string path;
    bool path_is_secret = false;  ///< See key_value_of_path.
    Protocol protocol = Protocol::kUnknown;
    bool id_may_differ = false;  ///< See MediaSource::id_may_differ.
};

/// A connection is no longer the source of its path.
struct SourceUnavailable {
    ConnectionId connection;
};

/// A source is present and has delivered nothing since `since`, long enough to count as stale.
struct SourceStalled {
    ConnectionId connection;
    Timestamp since{};
};

/// A source delivers. Only needed if it was stalled.
struct SourceDelivers {
    SourceAvailable source;
};

/// A publisher that no program accepted gets the key of its path.
struct SourceAdopted {
    SourceAvailable source;
    std::string node;
};

/// An accepted connection is gone and has never become a source.
struct ReservationLost {
    ConnectionId connection;
};

/// The node of the stream has been unreachable for too long, since `since`.
struct NodeLost {
    Timestamp since{};
};

/// The node of a live stream has been unreachable since `since`, long enough to count as stale.
struct NodeUnseen {
    std::string node;
    Timestamp since{};
};

/// Time has passed. A connection that was accepted loses the key if it has become void, or if the
/// right that it was accepted with has ended.
struct TimePassed {};

using What = std::variant<SourceAvailable, SourceUnavailable, SourceStalled, SourceDelivers,
                          SourceAdopted, ReservationLost, NodeLost, NodeUnseen, TimePassed>;

struct Observation {
    What what;
    ObservedBy observed_by = ObservedBy::kHook;
    Timestamp at{};
};

/// Settings of the installation.
struct SessionSettings {
    std::chrono::milliseconds reservation_timeout{30'000};
    std::chrono::seconds reconnect_window{60};  ///< For keys without a window of their own.
    bool show_secret_paths = false;             ///< A stream's path may be its key's value.
};

/// The changes of an observation.
struct Transition {
    bool set_claim = false;
    std::optional<Claim> claim;
    std::optional<Stream> stream;
    std::optional<EventType> event;
    std::vector<StreamTransition> lines;  ///< For the timeline of `stream`.
    /// `claim` replaces the claim of a connection that may still begin to publish: it is cut off.
    bool cuts_off_replaced = false;
    /// The observation has another effect after these changes: apply it again to the session that
    /// results from them.
    bool is_to_be_repeated = false;

    bool changes_anything() const noexcept { return set_claim || stream.has_value(); }
};

/// Returns whether `source` is the source for which the session's claim waits, or its present
/// source. Then SourceAvailable makes it live. False for every source while the key is blocked.
bool is_expected(const Session& session, const SourceAvailable& source, Timestamp now) noexcept;

/// Applies `observation` to a key, its claim and its stream by the rules of a session, and returns
/// the changes. `new_stream_id` is used if a stream begins.
///
/// It preserves these invariants: a key has at most one stream that has not ended; a stream ends
/// once; the end of one connection never ends the stream of another; nothing becomes live without a
/// usable key and a claim; a stream whose cut-off is pending never continues, neither with its
/// source nor with another one, and it ends for the cause of the cut-off: another connection begins
/// a new stream.
Transition apply(const Session& session, const Observation& observation, StreamId new_stream_id,
                 const SessionSettings& settings);

}  // namespace rescuestream::rules
