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
/// `Storage` documents what applies to every method (atomicity, errors, thread-safety).
class SessionStorage {
public:
    /// Loads the sessions of all keys with this playback path that are not revoked: of one key, or
    /// of several that share the path, the highest priority first, then the oldest key. Empty: no
    /// key has it.
    virtual Result<std::vector<Session>> sessions_at_path(const std::string& playback_path) = 0;
    /// Loads the session of a key by the digest of its value, or by its id (also of a revoked key).
    /// kNotFound: no such key.
    virtual Result<Session> load_session_by_digest(const KeyDigest& digest) = 0;
    virtual Result<Session> load_session(StreamKeyId id) = 0;

    /// Writes all of `change` or nothing. kConflict: the session has another version by now; load
    /// it and decide again. kNotFound: no such key. (A key of a deleted broadcaster counts as
    /// existing.)
    virtual Result<void> commit_session(const SessionChange& change) = 0;

    /// Returns every session with a stream on `node` that has not ended, newest stream first. A
    /// poll compares them with the media server.
    virtual Result<std::vector<Session>> open_sessions(const std::string& node) = 0;

    /// Newest first by (started_at, id).
    virtual Result<Page<ListedStream>> list_streams(const StreamFilter& filter,
                                                    const PageRequest& page) = 0;
    /// kNotFound.
    virtual Result<ListedStream> find_stream(StreamId id) = 0;
    /// The timeline of a stream, oldest first. kNotFound: no such stream.
    virtual Result<std::vector<StreamTransition>> list_transitions(StreamId id,
                                                                   const TimelinePart& part) = 0;

protected:
    ~SessionStorage() = default;  // Owned as a Storage.
};

}  // namespace rescuestream
