#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/rtsp_questions.hpp"
#include "orchestrator/session_counts.hpp"
#include "rescuestream/viewers.hpp"
#include "support/compact_id.hpp"
#include "support/text_pool.hpp"
#include "tokens/packed_grants.hpp"

namespace rescuestream {

/// What is known in memory of a viewer who is present. The rest is in the storage.
struct PresentViewer {
    ConnectionId id;
    Protocol protocol = Protocol::kUnknown;
    Timestamp since{};
    bool is_helper = false;
    bool is_removed = false;  ///< Somebody has asked for its removal.
    bool is_excess = false;   ///< Its token permits fewer sessions than there are.
    std::vector<PlaybackGrant> grants;
};

/// The viewers who are present, in memory, less than 200 bytes each: who may join, and who must be
/// stored.
///
/// Thread-safety: none; the owner locks.
class PresentViewers {
public:
    /// More are not accepted.
    static constexpr std::size_t kMost = 50'000;

    ~PresentViewers();
    PresentViewers() = default;
    PresentViewers(const PresentViewers&) = delete;
    PresentViewers& operator=(const PresentViewers&) = delete;

    /// Adds a viewer who was accepted, unless its tokens permit no more sessions. kAccepted,
    /// kTokenInUse or kViewersFull. A viewer who is known already is accepted again.
    ViewerDecision admit(const Viewer& viewer);
    /// Notes that the media server lists a viewer as a reader: it has a session. Returns false if
    /// its tokens do not permit that one.
    bool confirm(const ConnectionId& id);
    /// Adds or changes a viewer whom another program has accepted.
    void merge(const Viewer& viewer, Timestamp now);
    /// Returns whether the viewer was present.
    bool remove(const ConnectionId& id);
    /// Decides about RTSP questions that have waited long enough.
    void settle(Timestamp now);

    bool contains(const ConnectionId& id) const { return present_.contains(CompactId(id.value)); }
    std::optional<PresentViewer> find(const ConnectionId& id) const;
    /// Without their grants.
    std::vector<PresentViewer> at(const std::string& node) const;
    std::size_t size() const noexcept { return present_.size(); }

    /// Returns the viewers that were added and are not stored, and forgets that.
    std::vector<Viewer> take_new();
    /// They could not be stored.
    void put_back(std::vector<Viewer> viewers);
    /// Ids that were accepted, may be stored, and are refused now; each is returned once.
    std::vector<ConnectionId> take_refused() { return std::exchange(refused_, {}); }

private:
    enum class Standing : std::uint8_t {
        kSession,
        kQuestion,  // of RTSP; it may be about a connection
        kBelongs,   // a question about the connection of a session
        kExcess,
    };
    struct Held {
        Timestamp since{};
        const std::string* node = nullptr;  // in the pool
        tokens::PackedGrants grants;
        Protocol protocol = Protocol::kUnknown;
        Standing standing = Standing::kSession;
        bool is_helper : 1 = false;
        bool is_removed : 1 = false;
        bool is_own : 1 = false;  // this program has accepted it
    };
    using Present = std::unordered_map<CompactId, Held, CompactId::Hash>;
    using Limits = SessionCounts::Limits;

    Held& hold(const Viewer& viewer, Standing standing);
    void erase(Present::iterator at);
    ViewerDecision admit_again(Present::iterator at, const Viewer& viewer);
    // Makes a question a session, whatever its tokens permit.
    void make_session(const ConnectionId& id, Held& held, const Limits& limits);
    void add_question(const Viewer& viewer, const Limits& limits, bool is_stored);
    void close_question_of(const Viewer& session, const Limits& limits);
    void forget_question(const ConnectionId& id, const Limits& limits);
    void store_question(const ConnectionId& id);

    TextPool pool_;
    Present present_;
    SessionCounts counts_;
    RtspQuestions questions_;
    struct Asked {
        Timestamp at{};
        ConnectionId id;
    };
    std::deque<Asked> to_store_;   // questions, the oldest first
    std::deque<Asked> to_settle_;  // the same
    std::vector<Viewer> new_;
    std::vector<ConnectionId> refused_;
};

}  // namespace rescuestream
