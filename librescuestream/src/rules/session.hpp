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

/// What is going on with a key: each pair of its claim and its stream that may be. ("Stalled": the
/// claim is live and its source delivers nothing.)
enum class Situation {         // claim         stream
    kIdle,                     // none          none
    kAccepted,                 // reserved      none          waits for its source
    kOnAir,                    // live          live
    kSilent,                   // stalled       reconnecting  the source is there
    kSilentAfterWindow,        // stalled       none          the same, after the reconnect window
    kNodeUnseen,               // stalled       live          a newcomer may have the key
    kReconnecting,             // none          reconnecting  the source is gone
    kReconnectingAndAccepted,  // reserved      reconnecting
    kBeingTakenOver,           // reserved      live          the old source is there
    kBeingCutOff,              // none          live          the cut-off ends it, for its reason
};

std::string_view to_string(Situation situation) noexcept;

/// Empty: a defect; `apply` and the steps of the storage lead to no other pair.
std::optional<Situation> situation_of(const Session& session) noexcept;

/// A path has a source.
struct SourceAvailable {
    ConnectionId connection;  ///< Empty: the report did not say which; the claim's is meant.
    std::optional<std::string> source_type;
    std::string path;
    bool path_is_secret = false;  ///< `path` is the key value.
    Protocol protocol = Protocol::kUnknown;
    bool id_may_differ = false;  ///< See MediaSource::id_may_differ.
};

/// A connection is not the source of its path any more.
struct SourceUnavailable {
    ConnectionId connection;
};

/// A source is there and has delivered nothing since `since`, for long enough to count as stale.
struct SourceStalled {
    ConnectionId connection;
    Timestamp since{};
};

/// A source delivers. Worth an observation only when it was stalled.
struct SourceDelivers {
    SourceAvailable source;
};

/// A publisher that nobody of us let in is given the key of its path.
struct SourceAdopted {
    SourceAvailable source;
    std::string node;
};

/// A connection that was accepted is not there any more, and never became a source.
struct ReservationLost {
    ConnectionId connection;
};

/// The node of the stream has been out of reach for too long; it was seen last at `since`.
struct NodeLost {
    Timestamp since{};
};

/// The node of a live stream has been out of reach since `since`, for long enough to count as
/// stale.
struct NodeUnseen {
    std::string node;
    Timestamp since{};
};

/// Time has passed.
struct TimePassed {};

using What = std::variant<SourceAvailable, SourceUnavailable, SourceStalled, SourceDelivers,
                          SourceAdopted, ReservationLost, NodeLost, NodeUnseen, TimePassed>;

struct Observation {
    What what;
    ObservedBy observed_by = ObservedBy::kHook;
    Timestamp at{};
};

/// Of the installation.
struct SessionSettings {
    std::chrono::milliseconds reservation_timeout{30'000};
    std::chrono::seconds reconnect_window{60};  ///< Of keys that have none of their own.
    bool show_secret_paths = false;             ///< A stream's path may be its key's value.
};

/// What an observation changes.
struct Transition {
    bool set_claim = false;
    std::optional<Claim> claim;
    std::optional<Stream> stream;
    std::optional<EventType> event;
    std::vector<StreamTransition> lines;  ///< For the timeline of `stream`.

    bool changes_anything() const noexcept { return set_claim || stream.has_value(); }
};

/// Is `source` the one that the session's claim waits for, or has already? Then
/// SourceAvailable makes it live.
bool is_expected(const Session& session, const SourceAvailable& source, Timestamp now) noexcept;

/// What `observation` means for a key, its claim and its stream: the rules of a session.
/// `new_stream_id` is used when a stream begins.
///
/// What holds afterwards, if it held before: a key has at most one stream that has not ended; a
/// stream ends once; an end for one connection never ends the stream of another; nothing becomes
/// live without a usable key and a claim.
Transition apply(const Session& session, const Observation& observation, StreamId new_stream_id,
                 const SessionSettings& settings);

}  // namespace rescuestream::rules
