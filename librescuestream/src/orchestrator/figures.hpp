#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/figures.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/sessions.hpp"

namespace rescuestream {

/// What each look at the media server tells about its sources: who delivers, how much, to whom.
/// Only in memory: a server that starts begins to measure anew.
///
/// Thread-safety: all methods from any thread.
class Figures {
public:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// How a source delivered by the last look.
    struct Delivery {
        bool grew = false;                     ///< There was more of it than a look before.
        std::chrono::milliseconds silence{0};  ///< For how long there has been nothing new.
    };

    /// Takes the bytes of every publisher in `paths`, and forgets those that are not there. The
    /// steady time counts, since the clock may be set.
    void look(const std::vector<MediaPath>& paths, SteadyTime steady_now);
    /// Empty: no look has found this source.
    std::optional<Delivery> delivery(const ConnectionId& source) const;

    /// Who publishes on a path.
    struct Presence {
        ConnectionId source;
        std::chrono::milliseconds silence{0};
    };
    /// Empty: the last look has found nobody there.
    std::optional<Presence> present_on(const std::string& path) const;

    /// Draws the figures of a stream from its path. Call after `look`.
    void measure(const Session& session, const MediaPath& path, Timestamp now);
    std::optional<StreamFigures> of(StreamId stream) const;
    std::optional<StreamTotals> totals_of(StreamId stream) const;
    /// Forgets all streams but these.
    void keep_only(const std::vector<Session>& sessions);

private:
    struct Sample {
        SteadyTime at;
        std::uint64_t bytes;
    };
    struct Source {
        std::deque<Sample> samples;  // of the last seconds
        SteadyTime last_growth;
        SteadyTime last_look;
        bool grew = false;
        std::string path;
        std::uint64_t bitrate() const;
    };
    struct Measured {
        StreamFigures figures;
        ConnectionId source;
        std::uint64_t bytes_before = 0;  // of the sources before this one
        std::uint64_t bytes_of_source = 0;
    };

    mutable std::mutex mutex_;
    std::unordered_map<ConnectionId, Source> sources_;
    std::unordered_map<StreamId, Measured> streams_;
};

}  // namespace rescuestream
