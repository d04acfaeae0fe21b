#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rescuestream/storage.hpp"

namespace rescuestream::bench {

/// How much the database holds when the measuring begins.
struct DataSize {
    std::size_t keys = 10'000;         ///< In all.
    std::size_t live_streams = 1'000;  ///< Each on a key of its own.
    std::size_t ended_streams = 100'000;
};

/// What a caller can use.
struct TestData {
    BroadcasterId broadcaster_id;
    /// Keys that nobody publishes with yet: the paths and values of all but the live ones.
    struct FreeKey {
        std::string playback_path;
        std::string value;
    };
    std::vector<FreeKey> free_keys;
};

/// Fills the PostgreSQL database of `uri`, which must be migrated. Keys and live streams are made
/// through Storage; the ended streams are copies of one, made by the database itself.
/// Throws std::runtime_error when something does not work.
TestData make_test_data(const std::string& uri, const DataSize& size);

}  // namespace rescuestream::bench
