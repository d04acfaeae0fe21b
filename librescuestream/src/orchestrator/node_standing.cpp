#include "orchestrator/node_standing.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/audit.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/node_configuration.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {
namespace {

using std::chrono::seconds;

// With RTMP a source appears two seconds after the accepted request; older requests led to no
// source.
constexpr std::size_t kQuestionsKept = 256;
// An encoder that is removed and reconnects within this time is one line of the list.
constexpr seconds kListedFor{60};
constexpr std::size_t kMostListed = 50;
constexpr std::size_t kMostPathsTold = 1'000;

}  // namespace

void Standing::note_question(const ConnectionId& connection, const std::string& path) {
    if (asks_ || connection.empty()) return;
    const std::lock_guard lock(mutex_);
    if (questions_.size() >= kQuestionsKept) questions_.pop_front();
    questions_.push_back({connection, path});
}

void Standing::refresh() {
    if (enforces_ && asks_) return;
    const auto standing = d_.storage.find_node_standing(d_.node, api_url_);
    if (standing) take(*standing);
    if (enforces_) return;
    // The setting applies from the first poll on.
    if (d_.settings.unknown_publisher) {
        NodeStanding ordered;
        ordered.enforced_at = d_.clock.now();
        (void)d_.storage.note_node_standing(d_.node, api_url_, ordered, std::nullopt);
        take(ordered);
    }
}

void Standing::take(const NodeStanding& standing) {
    const std::lock_guard lock(mutex_);
    has_unknown_ = !standing.unknown.empty();
    if (standing.asked_at) known_.asked_at = standing.asked_at;
    if (standing.enforced_at) known_.enforced_at = standing.enforced_at;
    asks_ = known_.asked_at.has_value();
    enforces_ = known_.is_enforced();
    if (asks_) questions_.clear();
}

void Standing::check(const Publishers& publishers) {
    if (asks_) return;
    {
        const std::lock_guard lock(mutex_);
        const bool is_shown =
            std::any_of(questions_.begin(), questions_.end(), [&](const Question& question) {
                const auto found = publishers.find(question.connection);
                return found != publishers.end() && found->second->name == question.path;
            });
        if (!is_shown) return;
    }
    begin_to_enforce();
}

void Standing::begin_to_enforce() {
    const bool was_watched = !enforces_;
    NodeStanding asked;
    asked.asked_at = d_.clock.now();
    const auto noted = d_.storage.note_node_standing(
        d_.node, api_url_, asked,
        entry("enforce", "node", d_.node,
              {{"reason", "MediaMTX was seen to send an auth request about a publisher"}}));
    if (!noted) return;  // the next round tries again
    take(asked);
    unknown_.clear();
    last_seen_.clear();
    if (!stored_ || !stored_->empty()) (void)d_.storage.set_unknown_sources(d_.node, {});
    stored_ = std::vector<UnknownSource>{};
    if (was_watched) {
        d_.logger.info(
            "the media server sends its auth requests here: unknown publishers are removed from "
            "now on",
            {{"node", d_.node}});
    }
}

bool Standing::depends_on_configuration() const noexcept {
    return asks_ && !d_.settings.unknown_publisher;
}

std::string Standing::asks_nobody() const {
    const std::lock_guard lock(mutex_);
    return asks_nobody_;
}

void Standing::judge(const MediaAuthentication& found) {
    {
        const std::lock_guard lock(mutex_);
        asks_nobody_ = found.asks_nobody;
        asks_nobody_told_ = !asks_nobody_.empty();
    }
    if (!depends_on_configuration()) {
        address_.clear();
        return;
    }
    if (!found.asks_nobody.empty()) return withdraw(found.asks_nobody);
    // If it is another address of this installation, nobody is let in without a right meanwhile.
    if (!address_.empty() && address_ != found.address) return withdraw("another authHTTPAddress");
    address_ = found.address;
    // Another program may have read a configuration that has changed again since then.
    const auto stored = d_.storage.find_node_standing(d_.node, api_url_);
    if (!stored || stored->asked_at) return;
    forget();
    take(*stored);
}

// The owner has gone back on purpose, so removing everybody is what he expects least. If this
// cannot be stored, the next removal tries again.
void Standing::withdraw(const std::string& reason) {
    const auto withdrawn = d_.storage.withdraw_node_standing(
        d_.node, entry("watch", "node", d_.node, {{"reason", reason}}));
    forget();
    if (!withdrawn || !*withdrawn) return;
    d_.logger.warning(
        "the media server does not send its auth requests here any more: unknown publishers are "
        "only reported from now on",
        {{"node", d_.node}, {"reason", reason}});
}

void Standing::forget() {
    {
        const std::lock_guard lock(mutex_);
        known_ = {};
        asks_ = false;
        enforces_ = false;
    }
    address_.clear();
    stored_.reset();
    told_of_.clear();
}

void Standing::meet(const MediaPath& path) {
    if (asks_ || !path.source) return;
    const Timestamp now = d_.clock.now();
    const ConnectionId& id = path.source->id;
    last_seen_[id] = now;
    if (unknown_.contains(id)) return;
    UnknownSource source;
    source.path = redact_key_values(path.name);
    source.protocol = protocol_of(*path.source);
    source.remote_address = address_of(*path.source);
    source.connection = id;
    source.seen_at = now;
    unknown_.emplace(id, source);
    if (enforces_ || told_of_.size() >= kMostPathsTold) return;
    if (!told_of_.insert(source.path).second) return;
    const std::string protocol(to_string(source.protocol));
    d_.logger.warning(
        "an unknown publisher is not removed, because the media server has not been seen to send "
        "auth requests here yet",
        {{"node", d_.node},
         {"path", source.path},
         {"protocol", protocol},
         {"remote_address", source.remote_address},
         {"connection_id", id.value}});
    const auto recorded = d_.storage.append_audit(entry("watch", "publisher", id.value,
                                                        {{"node", d_.node},
                                                         {"path", source.path},
                                                         {"protocol", protocol},
                                                         {"address", source.remote_address},
                                                         {"setting", "UNKNOWN_PUBLISHER"}}));
    if (!recorded) told_of_.erase(source.path);  // the next connection on the path is recorded
}

void Standing::finish_round() {
    if (asks_) return;
    const Timestamp now = d_.clock.now();
    std::vector<UnknownSource> listed;
    for (auto each = unknown_.begin(); each != unknown_.end();) {
        if (now - last_seen_[each->first] > kListedFor) {
            last_seen_.erase(each->first);
            each = unknown_.erase(each);
            continue;
        }
        if (listed.size() < kMostListed) listed.push_back(each->second);
        ++each;
    }
    if (stored_ == listed) return;
    if (d_.storage.set_unknown_sources(d_.node, listed)) stored_ = std::move(listed);
}

Result<NodeStanding> Standing::current() {
    if (asks_) {
        const std::lock_guard lock(mutex_);
        return known_;
    }
    return d_.storage.find_node_standing(d_.node, api_url_);
}

std::string Standing::address_of(const MediaSource& source) {
    if (!source.kind) return {};
    const auto connections = d_.media_server.list_connections(*source.kind);
    if (!connections) return {};
    for (const auto& connection : *connections) {
        if (connection.id != source.id) continue;
        std::string address = connection.remote_address.substr(
            0, connection.remote_address.rfind(':'));  // without the port
        if (address.starts_with('[') && address.ends_with(']')) {
            address = address.substr(1, address.size() - 2);
        }
        return address;
    }
    return {};
}

AuditEntry Standing::entry(
    std::string_view action, std::string_view type, std::string id,
    std::initializer_list<std::pair<std::string_view, std::string_view>> names) {
    return make_audit_entry({action, type, std::move(id), names},
                            Caller{"rescuestream", "INTERNAL", "/reconciler", "", std::nullopt},
                            d_.clock.now(), d_.random);
}

}  // namespace rescuestream
