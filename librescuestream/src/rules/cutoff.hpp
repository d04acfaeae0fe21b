#pragma once

#include <optional>
#include <vector>

#include "rescuestream/sessions.hpp"

namespace rescuestream::rules {

/// The digests of the values of a key.
struct KeyValues {
    KeyDigest current{};
    std::optional<KeyDigest> previous;  ///< From before its last rotation.
};

/// What a refusal of the whole key (it is revoked, rotated, disabled, deleted) leaves to be removed
/// from media servers: the connection that holds the key and the one that delivers its stream, one
/// cut-off if they are the same. `session` is as it was before the refusal.
std::vector<Cutoff> cutoffs_of(const Session& session, const KeyValues& values, EndCause cause,
                               Timestamp now);

/// What a stop of the session's stream does, whose key stays valid.
struct Stop {
    std::optional<Cutoff> cutoff;  ///< Of the stream's source. Empty: it has none.
    bool ends_claim = false;       ///< That source holds the key, and loses it.
};

/// Precondition: the session has a stream.
Stop stop_stream(const Session& session, const KeyValues& values, EndCause cause, Timestamp now);

/// A stream that has ended, and the last line of its timeline.
struct StreamEnd {
    Stream stream;
    StreamTransition line;
};

/// What is to be written when the connection of `cutoff` is gone: the stream's end. Empty: there is
/// no stream to end, because the session has none, or another one, or another connection delivers
/// it by now: a cut-off is about its own connection alone.
std::optional<StreamEnd> finish_cutoff(const Session& session, const Cutoff& cutoff, Timestamp now,
                                       const std::optional<StreamTotals>& totals);

/// Ends `stream`, whatever the reason is: as of `ended_at`, found out or decided at `now`. The
/// line of its timeline. No exposed key value stays in the record: its path becomes
/// `playback_path`.
StreamTransition end_stream(Stream& stream, const std::string& playback_path, EndCause cause,
                            Timestamp ended_at, Timestamp now);

}  // namespace rescuestream::rules
