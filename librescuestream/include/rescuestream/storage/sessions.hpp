#pragma once

#include <string>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/sessions.hpp"
#include "rescuestream/streams.hpp"

namespace rescuestream {

/// The part of a Storage that keeps sessions, streams and the timelines of streams.
///
/// What holds for every method (atomicity, errors, thread-safety) is said at `Storage`.
class SessionStorage {
public:
    /// By the path of a key that is not revoked, or, for a path that is a key value, by its digest
    /// (then a revoked one too). kNotFound.
    virtual Result<Session> load_session_by_path(const std::string& playback_path) = 0;
    virtual Result<Session> load_session_by_digest(const KeyDigest& digest) = 0;
    virtual Result<Session> load_session(StreamKeyId id) = 0;

    /// Writes all of `change`, or nothing: kConflict when the session has another version by now
    /// (load it again and decide again). kNotFound: no such key (one of a deleted broadcaster
    /// counts as existing).
    virtual Result<void> commit_session(const SessionChange& change) = 0;

    /// Every session with a stream on `node` that has not ended; what a poll compares. Newest
    /// stream first.
    virtual Result<std::vector<Session>> open_sessions(const std::string& node) = 0;

    /// Newest first by (started_at, id).
    virtual Result<Page<Stream>> list_streams(const StreamFilter& filter,
                                              const PageRequest& page) = 0;
    /// kNotFound.
    virtual Result<Stream> find_stream(StreamId id) = 0;
    /// The timeline of a stream, oldest first. kNotFound: no such stream.
    virtual Result<std::vector<StreamTransition>> list_transitions(StreamId id) = 0;

protected:
    ~SessionStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
