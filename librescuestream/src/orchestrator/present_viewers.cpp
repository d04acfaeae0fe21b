#include "orchestrator/present_viewers.hpp"

#include <iterator>
#include <utility>

namespace rescuestream {
namespace {

using std::chrono::seconds;

// Other programs must know a session before their polls take it for an unknown one. The second
// question about a client usually comes earlier, and then the first one is never stored.
constexpr seconds kStoreAfter{1};
// Only sessions are still present then.
constexpr seconds kSettleAfter{15};

bool is_question(const Viewer& viewer) {
    return viewer.protocol == Protocol::kRtsp && viewer.user_agent.empty();
}

}  // namespace

PresentViewers::~PresentViewers() {
    for (auto& [id, held] : present_) held.grants.release(pool_);
}

PresentViewers::Held& PresentViewers::hold(const Viewer& viewer, Standing standing) {
    Held& held = present_[CompactId(viewer.id.value)];
    held.since = viewer.since;
    held.node = pool_.hold(viewer.node);
    held.grants = tokens::PackedGrants(viewer.grants, pool_);
    held.protocol = viewer.protocol;
    held.standing = standing;
    held.is_helper = viewer.is_helper;
    held.is_removed = viewer.removed_at.has_value();
    return held;
}

void PresentViewers::erase(Present::iterator at) {
    pool_.release(at->second.node);
    at->second.grants.release(pool_);
    present_.erase(at);
}

ViewerDecision PresentViewers::admit(const Viewer& viewer) {
    const auto found = present_.find(CompactId(viewer.id.value));
    if (found != present_.end()) return admit_again(found, viewer);
    const Limits limits = session_limits(viewer.grants);
    const bool asks = is_question(viewer);
    // The second question of a client is never refused for the first one.
    const bool may_belong = asks && questions_.clients_of_one_more(viewer) == 0;
    const bool is_second =
        !asks && viewer.protocol == Protocol::kRtsp && questions_.has_open(viewer);
    if (!may_belong && !counts_.permit(limits, !is_second)) return ViewerDecision::kTokenInUse;
    if (present_.size() >= kMost || new_.size() >= kMost) return ViewerDecision::kViewersFull;

    hold(viewer, asks ? Standing::kQuestion : Standing::kSession).is_own = true;
    if (asks) {
        add_question(viewer, limits, false);
        to_store_.push_back({viewer.since, viewer.id});
    } else {
        if (is_second) close_question_of(viewer, limits);
        counts_.add(limits, 1, 0);
        new_.push_back(viewer);
    }
    return ViewerDecision::kAccepted;
}

// A release that asks with the id of the connection twice does so when the session begins.
ViewerDecision PresentViewers::admit_again(Present::iterator at, const Viewer& viewer) {
    Held& held = at->second;
    if (held.standing == Standing::kExcess) return ViewerDecision::kTokenInUse;
    if (held.standing == Standing::kSession) return ViewerDecision::kAccepted;
    const Limits limits = session_limits(held.grants.grants());
    if (!counts_.permit(limits, false)) {
        forget_question(viewer.id, limits);
        erase(at);
        refused_.push_back(viewer.id);
        return ViewerDecision::kTokenInUse;
    }
    if (auto* const question = questions_.find(viewer.id)) {
        question->viewer.user_agent = viewer.user_agent;
    }
    make_session(viewer.id, held, limits);
    return ViewerDecision::kAccepted;
}

bool PresentViewers::confirm(const ConnectionId& id) {
    const auto found = present_.find(CompactId(id.value));
    if (found == present_.end()) return true;
    Held& held = found->second;
    if (held.standing == Standing::kExcess) return false;
    const Limits limits = session_limits(held.grants.grants());
    if (held.standing != Standing::kSession) {
        const auto* const question = questions_.find(id);
        const std::optional<Viewer> viewer =
            question == nullptr ? std::nullopt : std::optional(question->viewer);
        const bool was_open = held.standing == Standing::kQuestion;
        make_session(id, held, limits);
        if (viewer && was_open) close_question_of(*viewer, limits);
    }
    if (!held.is_own || !counts_.exceed(limits)) return true;
    counts_.add(limits, -1, 0);
    held.standing = Standing::kExcess;
    return false;
}

void PresentViewers::make_session(const ConnectionId& id, Held& held, const Limits& limits) {
    store_question(id);
    forget_question(id, limits);
    counts_.add(limits, 1, 0);
    held.standing = Standing::kSession;
}

void PresentViewers::merge(const Viewer& viewer, Timestamp now) {
    const auto found = present_.find(CompactId(viewer.id.value));
    if (found != present_.end()) {
        found->second.is_removed = viewer.removed_at.has_value();
        return;
    }
    const Limits limits = session_limits(viewer.grants);
    const bool asks = is_question(viewer) && now - viewer.since < kSettleAfter;
    hold(viewer, asks ? Standing::kQuestion : Standing::kSession);
    if (asks) {
        add_question(viewer, limits, true);
    } else {
        counts_.add(limits, 1, 0);
    }
}

bool PresentViewers::remove(const ConnectionId& id) {
    const auto found = present_.find(CompactId(id.value));
    if (found == present_.end()) return false;
    const Limits limits = session_limits(found->second.grants.grants());
    forget_question(id, limits);
    if (found->second.standing == Standing::kSession) counts_.add(limits, -1, 0);
    erase(found);
    return true;
}

void PresentViewers::settle(Timestamp now) {
    for (; !to_store_.empty() && now - to_store_.front().at >= kStoreAfter; to_store_.pop_front()) {
        const auto* const question = questions_.find(to_store_.front().id);
        if (question != nullptr && question->is_open) store_question(question->viewer.id);
    }
    for (; !to_settle_.empty() && now - to_settle_.front().at >= kSettleAfter;
         to_settle_.pop_front()) {
        const ConnectionId& id = to_settle_.front().id;
        const auto* const question = questions_.find(id);
        if (question == nullptr) continue;
        const auto found = present_.find(CompactId(id.value));
        const Limits limits = session_limits(question->viewer.grants);
        if (question->is_open) {
            make_session(id, found->second, limits);
        } else if (question->is_stored) {
            forget_question(id, limits);
        } else {
            remove(id);
        }
    }
}

void PresentViewers::add_question(const Viewer& viewer, const Limits& limits, bool is_stored) {
    counts_.add(limits, 0, questions_.add(viewer, is_stored));
    to_settle_.push_back({viewer.since, viewer.id});
}

void PresentViewers::close_question_of(const Viewer& session, const Limits& limits) {
    const auto closed = questions_.close_one(session);
    if (!closed) return;
    counts_.add(limits, 0, -closed->fewer_clients);
    present_.at(CompactId(closed->id.value)).standing = Standing::kBelongs;
}

void PresentViewers::forget_question(const ConnectionId& id, const Limits& limits) {
    counts_.add(limits, 0, -questions_.remove(id));
}

void PresentViewers::store_question(const ConnectionId& id) {
    auto* const question = questions_.find(id);
    if (question == nullptr || question->is_stored) return;
    question->is_stored = true;
    new_.push_back(question->viewer);
}

std::optional<PresentViewer> PresentViewers::find(const ConnectionId& id) const {
    const auto found = present_.find(CompactId(id.value));
    if (found == present_.end()) return std::nullopt;
    const Held& held = found->second;
    return PresentViewer{id,
                         held.protocol,
                         held.since,
                         held.is_helper,
                         held.is_removed,
                         held.standing == Standing::kExcess,
                         held.grants.grants()};
}

std::vector<PresentViewer> PresentViewers::at(const std::string& node) const {
    std::vector<PresentViewer> viewers;
    for (const auto& [id, held] : present_) {
        if (*held.node != node) continue;
        viewers.push_back({ConnectionId{id.text()},
                           held.protocol,
                           held.since,
                           held.is_helper,
                           held.is_removed,
                           held.standing == Standing::kExcess,
                           {}});
    }
    return viewers;
}

std::vector<Viewer> PresentViewers::take_new() {
    return std::exchange(new_, {});
}

void PresentViewers::put_back(std::vector<Viewer> viewers) {
    new_.insert(new_.end(), std::make_move_iterator(viewers.begin()),
                std::make_move_iterator(viewers.end()));
}

}  // namespace rescuestream
