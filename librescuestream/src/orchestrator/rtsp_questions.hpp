#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "rescuestream/viewers.hpp"

namespace rescuestream {

/// Questions about RTSP clients of which is not known yet whether they are sessions.
///
/// MediaMTX asks about an RTSP client twice: when it wants a description (with the id of the
/// connection) and when it begins a session (since v1.19.3 with the id of the session, before with
/// that of the connection again). Since v1.19 the second question contains the client's name, if
/// it has one, and the first never does. So a question with a name is about a session, and the
/// oldest question without a name from the same place belongs to it; two questions without a name
/// from one place may be one client. Source: mediamtx-contract, "Calls per client".
///
/// Thread-safety: none; the owner locks.
class RtspQuestions {
public:
    struct Question {
        Viewer viewer;
        bool is_open = true;     ///< False: it belongs to a session.
        bool is_stored = false;  ///< For the owner.
        std::string place;
    };

    /// Adds an open question. Returns by how much the number of clients rises that the open
    /// questions of its place stand for.
    std::int32_t add(const Viewer& viewer, bool is_stored);
    /// Null: there is no such question.
    Question* find(const ConnectionId& id);
    /// Returns by how much the number of clients falls.
    std::int32_t remove(const ConnectionId& id);

    /// The same for a question that would be added.
    std::int32_t clients_of_one_more(const Viewer& viewer) const;
    bool has_open(const Viewer& viewer) const;
    /// Closes the oldest open question from the place of a session. Empty: there is none.
    struct Closed {
        ConnectionId id;
        std::int32_t fewer_clients = 0;
    };
    std::optional<Closed> close_one(const Viewer& session);

    std::size_t size() const noexcept { return questions_.size(); }

private:
    struct Place {
        std::deque<ConnectionId> asked;  // the oldest first; some are not open any more
        std::size_t open = 0;
    };
    // Returns by how much the number of clients falls.
    std::int32_t close(Question& question);

    std::unordered_map<ConnectionId, Question> questions_;
    std::unordered_map<std::string, Place> places_;  // those with an open question
};

}  // namespace rescuestream
