#pragma once

#include "rescuestream/storage/sessions.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps sessions, streams and the timelines of streams.
class MemorySessions : public virtual SessionStorage {
public:
    explicit MemorySessions(MemoryState& state) : state_(state) {}

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
    ~MemorySessions() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
