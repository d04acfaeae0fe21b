#pragma once

#include <string>

#include "rescuestream/storage/sessions.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps sessions, streams and the timelines of streams.
class SqlSessions : public virtual SessionStorage, private Access {
public:
    explicit SqlSessions(Database& database) : Access(database) {}

    Result<Session> load_session_by_path(const std::string& playback_path) override;
    Result<Session> load_session_by_digest(const KeyDigest& digest) override;
    Result<Session> load_session(StreamKeyId id) override;
    Result<void> commit_session(const SessionChange& change) override;
    Result<std::vector<Session>> open_sessions(const std::string& node) override;
    Result<Page<ListedStream>> list_streams(const StreamFilter& filter,
                                            const PageRequest& page) override;
    Result<ListedStream> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> list_transitions(StreamId id) override;

protected:
    ~SqlSessions() = default;  // Owned as a Storage.

private:
    Result<Session> load(const std::string& statement, Value value, const char* missing);
};

}  // namespace rescuestream::sql
