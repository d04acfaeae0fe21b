#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/streams.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// Reads the list of live streams, of which few change between two readings: it asks for the
/// version of each stream (Dialect::stream_version) and reads the streams that it does not remember
/// in this version. It remembers the streams of the last list, about a kilobyte each.
///
/// Thread-safety: all methods may be called from any thread. Calls of `list` run one at a time.
class LiveStreams {
public:
    /// Returns what SessionStorage::list_streams returns for the live streams, without paging. An
    /// answer shows every change that was committed before the call. Throws Failure. A stream that
    /// cannot be read is left out.
    std::vector<ListedStream> list(Connection& connection, const Dialect& dialect,
                                   UnreadableRows& unreadable);

private:
    struct Known {
        std::string version;
        ListedStream stream;
    };
    using Streams = std::unordered_map<StreamId, Known>;

    void read(Connection& connection, const Dialect& dialect, const std::vector<StreamId>& changed,
              UnreadableRows& unreadable);

    std::mutex mutex_;
    Streams known_;
};

}  // namespace rescuestream::sql
