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

/// Returns the cut-offs that follow from a refusal of the whole key (it is revoked, rotated,
/// disabled or deleted): for the connection that holds the key and for the one that delivers its
/// stream, one cut-off if they are the same. `session` is the state before the refusal.
std::vector<Cutoff> cutoffs_of(const Session& session, const KeyValues& values, EndCause cause,
                               Timestamp now);

/// Returns the cut-off that follows when the claim of a key changes from that of `before` to
/// `next`: of a connection that was accepted and does not publish yet, because the media server
/// does not ask again when it begins. Empty: `before` has no such connection, or `next` is its
/// claim.
std::optional<Cutoff> cutoff_of_replaced(const Session& before, const KeyValues& values,
                                         const std::optional<Claim>& next);

/// The effects of a stop of the session's stream; the key stays valid.
struct Stop {
    std::optional<Cutoff> cutoff;  ///< The cut-off of the stream's source. Empty: it has none.
    bool ends_claim = false;       ///< That source holds the key and loses it.
};

/// Precondition: the session has a stream.
Stop stop_stream(const Session& session, const KeyValues& values, EndCause cause, Timestamp now);

/// An ended stream, and the last line of its timeline.
struct StreamEnd {
    Stream stream;
    StreamTransition line;
};

/// Returns the end of the stream that has to be written when the connection of `cutoff` is gone.
/// Empty: there is no stream to end, because the session has none or another one, or because
/// another connection delivers it by now. A cut-off only concerns its own connection.
std::optional<StreamEnd> finish_cutoff(const Session& session, const Cutoff& cutoff, Timestamp now,
                                       const std::optional<StreamTotals>& totals);

/// Ends `stream` for any reason as of `ended_at`, detected or decided at `now`, and returns the
/// line of its timeline. Its path becomes `playback_path`, so that no exposed key value stays in
/// the record.
StreamTransition end_stream(Stream& stream, const std::string& playback_path, EndCause cause,
                            Timestamp ended_at, Timestamp now);

/// Returns whether a stop that was decided at `now` and is written when the stream has ended still
/// refuses its key: it was written late, or the encoder left in the meantime. `end_decided_at`:
/// when it was decided that the stream has ended, which may be a reconnect window after `ended_at`.
bool blocks_after_end(const Stream& ended, std::optional<Timestamp> end_decided_at,
                      std::optional<Timestamp> block_until, Timestamp now);

}  // namespace rescuestream::rules
