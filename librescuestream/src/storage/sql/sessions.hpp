#pragma once

#include <string>

#include "rescuestream/storage/sessions.hpp"
#include "storage/sql/access.hpp"
#include "storage/sql/held_keys.hpp"
#include "storage/sql/live_streams.hpp"

namespace rescuestream::sql {

/// Keeps sessions, streams and the timelines of streams.
class SqlSessions : public virtual SessionStorage, private Access {
public:
    /// `held` must outlive the object.
    SqlSessions(Database& database, HeldKeys& held) : Access(database), held_(held) {}

    Result<std::vector<Session>> sessions_at_path(const std::string& playback_path) override;
    Result<Session> load_session_by_digest(const KeyDigest& digest) override;
    Result<Session> load_session(StreamKeyId id) override;
    Result<void> commit_session(const SessionChange& change) override;
    Result<std::vector<Session>> open_sessions(const std::string& node) override;
    Result<Page<ListedStream>> list_streams(const StreamFilter& filter,
                                            const PageRequest& page) override;
    Result<ListedStream> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> list_transitions(StreamId id,
                                                           const TimelinePart& part) override;

protected:
    ~SqlSessions() = default;  // Owned as a Storage.

private:
    Result<Session> load(const std::string& statement, Value value, const char* missing);

    void repair_stream(StreamKeyId id);

    HeldKeys& held_;
    LiveStreams live_streams_;
};

}  // namespace rescuestream::sql
