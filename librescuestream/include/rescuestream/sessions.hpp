#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

/// A key with its claim and its open stream. The rules of a session work on this.
struct Session {
    StreamKey key;
    std::optional<Claim> claim;
    std::optional<Stream> stream;  ///< The stream that has not ended, if there is one.
    std::int64_t version = 0;      ///< Incremented by every claim and every commit of this session.
    /// The cause of the pending cut-off of the stream's source. Empty: the stream may go on.
    std::optional<EndCause> pending_end;

    bool operator==(const Session&) const = default;
};

/// The changes of one observation. Empty members leave the stored value as it is.
struct SessionChange {
    StreamKeyId stream_key_id;
    std::int64_t expected_version = 0;
    bool set_claim = false;
    std::optional<Claim> claim;    ///< Used if `set_claim`: the new claim, or none.
    std::optional<Stream> stream;  ///< Inserted, or replaces the stream with the same id.
    std::vector<StreamTransition> transitions;  ///< Appended to the timeline of `stream`.
    /// Used if `set_claim`. Writes a cut-off for the connection of the previous claim if that is
    /// not live (rules::cutoff_of_replaced).
    bool cuts_off_replaced = false;
};

}  // namespace rescuestream
