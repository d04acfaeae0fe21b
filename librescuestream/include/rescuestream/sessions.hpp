#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

/// A key with its claim and its open stream: what the rules of a session work on.
struct Session {
    StreamKey key;
    std::optional<Claim> claim;
    std::optional<Stream> stream;  ///< The stream that has not ended, if there is one.
    std::int64_t version = 0;      ///< Rises with every claim and every commit of this session.

    bool operator==(const Session&) const = default;
};

/// What one observation changes. Absent members stay unchanged.
struct SessionChange {
    StreamKeyId stream_key_id;
    std::int64_t expected_version = 0;
    bool set_claim = false;
    std::optional<Claim> claim;                 ///< With `set_claim`: the new claim, or none.
    std::optional<Stream> stream;               ///< Written whole: inserted, or replaced by id.
    std::vector<StreamTransition> transitions;  ///< Appended to the timeline of `stream`.
};

}  // namespace rescuestream
