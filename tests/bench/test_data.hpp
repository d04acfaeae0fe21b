#pragma once

#include <cstddef>
#include <string>

namespace rescuestream::bench {

/// What is added to the database. Keys are numbered: key n has the value that `key_value(n)` in
/// questions.py computes, and the path "live/unit-n".
struct DataSize {
    std::size_t first_key = 0;
    std::size_t keys = 10'000;
    std::size_t live_streams = 1'000;  ///< Of the first of these keys.
    std::size_t ended_streams = 100'000;
    /// Audit entries; 0 adds none besides those of the first key and its stream.
    std::size_t audit_entries = 0;
    bool with_transitions = false;  ///< Each ended stream gets a timeline of two entries.
};

/// Adds to the PostgreSQL database of `uri`, which must be migrated. One key, its live stream and
/// its ended stream are created through Storage; all others are copies that the database itself
/// makes, so that ten million take minutes. Throws std::runtime_error when something does not work.
void make_test_data(const std::string& uri, const DataSize& size);

}  // namespace rescuestream::bench
