#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "rescuestream/storage.hpp"
#include "rescuestream/stream_orchestrator.hpp"

/// The rules of a session: what an observation means for a key, its claim and its stream. Pure: no
/// input, no output, no clock.
namespace rescuestream::sessions {

/// A path has a source.
struct SourceAvailable {
    ConnectionId connection;  ///< Empty: the report did not say which; the claim's is meant.
    std::optional<std::string> source_type;
    std::string path;
    bool path_is_secret = false;  ///< `path` is the key value.
};

/// A connection is not the source of its path any more.
struct SourceUnavailable {
    ConnectionId connection;
};

/// Time has passed.
struct TimePassed {};

struct Observation {
    std::variant<SourceAvailable, SourceUnavailable, TimePassed> what;
    ObservedBy observed_by = ObservedBy::kHook;
    Timestamp at{};
};

struct Rules {
    std::chrono::milliseconds reservation_timeout{30'000};
};

/// What an observation changes.
struct Transition {
    bool set_claim = false;
    std::optional<Claim> claim;
    std::optional<Stream> stream;
    std::optional<EventType> event;

    bool changes_anything() const noexcept { return set_claim || stream.has_value(); }
};

/// `new_stream_id` is used when a stream begins.
///
/// What holds afterwards, if it held before: a key has at most one stream that has not ended; a
/// stream ends once; an end for one connection never ends the stream of another; nothing becomes
/// live without a usable key and a claim.
Transition apply(const Session& session, const Observation& observation, StreamId new_stream_id,
                 const Rules& rules);

}  // namespace rescuestream::sessions
