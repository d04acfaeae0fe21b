#include "orchestrator/nodes.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <utility>

#include "orchestrator/counted_storage.hpp"
#include "orchestrator/media_server_instances.hpp"
#include "orchestrator/side_by_side.hpp"
#include "orchestrator/unusable_media_server.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/tracer.hpp"
#include "support/control_credential.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

constexpr std::chrono::seconds kRefreshInterval{2};
// Maximum of nodes on which one call removes connections at a time.
constexpr std::size_t kNodesAtOnce = 16;

bool same_server(const Node& left, const Node& right) {
    return left.api_url == right.api_url && left.api_user == right.api_user &&
           left.api_password.reveal() == right.api_password.reveal();
}

Node default_node_of(const OrchestratorSettings& settings) {
    Node node;
    node.name = settings.node;
    node.api_url = settings.api_url;
    node.addresses = settings.addresses;
    return node;
}

Secret former_password_of(const OrchestratorSettings& settings) {
    const Secret& secret = settings.control_secret;
    const Secret derived = default_control_password(secret, settings.node);
    const bool is_derived = !secret.empty() && derived.equals(settings.api_password.reveal());
    return is_derived ? secret : Secret();
}

/// Calls `work(i)` for each of `count` nodes, several in parallel.
CutoffReport at_each(std::size_t count, const std::function<NodeCutoff(std::size_t)>& work) {
    CutoffReport report;
    report.nodes.resize(count);
    side_by_side(count, kNodesAtOnce, [&](std::size_t i) { report.nodes[i] = work(i); });
    for (const auto& of_node : report.nodes) {
        report.kicked += of_node.kicked;
        report.pending += of_node.pending;
    }
    return report;
}

}  // namespace

Nodes::Nodes(std::unique_ptr<MediaServer> default_server, OpenMediaServer open,
             const NodeDependencies& dependencies)
    : open_(std::move(open)),
      d_(dependencies),
      default_(std::make_shared<NodeWatch>(default_node_of(d_.settings), std::move(default_server),
                                           d_, pool_)),
      former_password_(former_password_of(d_.settings)) {}

Nodes::~Nodes() {
    stop();
}

void Nodes::start() {
    {
        const std::lock_guard lock(life_mutex_);
        running_ = true;
    }
    (void)refresh();  // on an error the thread repeats it
    for (const auto& watch : all()) watch->start();
    thread_ = std::thread([this] { run(); });
}

void Nodes::wake() {
    {
        const std::lock_guard lock(life_mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void Nodes::poll_soon() {
    for (const auto& watch : all()) watch->poll_soon();
}

void Nodes::stop() {
    {
        const std::lock_guard lock(life_mutex_);
        if (!running_) return;
        stopping_ = true;
        running_ = false;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
    for (const auto& watch : all()) watch->begin_stop();
    pool_.stop();
    for (const auto& watch : all()) watch->stop();
}

void Nodes::run() {
    while (true) {
        bool woken = false;
        {
            std::unique_lock lock(life_mutex_);
            changed_.wait_for(lock, kRefreshInterval, [this] { return stopping_ || woken_; });
            if (stopping_) return;
            woken = std::exchange(woken_, false);
        }
        if (woken) {
            for (const auto& watch : all()) watch->wake();
        }
        if (const auto done = refresh(); !done) {
            d_.logger.debug("nodes cannot be read", {{"error", done.error().message}});
        }
    }
}

void Nodes::tick() {
    (void)refresh();
    for (const auto& watch : all()) watch->tick();
}

Result<void> Nodes::refresh() {
    const std::lock_guard one_at_a_time(refreshing_);
    auto nodes = d_.storage.list_nodes();
    if (!nodes) return std::move(nodes).error();
    std::map<std::string, Watch, std::less<>> before;
    {
        const std::shared_lock lock(mutex_);
        before = others_;
    }
    std::map<std::string, Watch, std::less<>> after;
    for (auto& node : *nodes) {
        if (node.name == d_.settings.node) {
            default_->set_node(as_default(std::move(node)));
            continue;
        }
        const auto known = before.find(node.name);
        if (known != before.end() && same_server(known->second->node(), node)) {
            known->second->set_node(node);
            after.insert(*known);
            continue;
        }
        after.emplace(node.name, make_watch(node));
    }
    {
        const std::unique_lock lock(mutex_);
        others_ = after;
    }
    for (const auto& [name, watch] : before) {
        const auto kept = after.find(name);
        if (kept == after.end() || kept->second != watch) watch->stop();
    }
    return {};
}

Node Nodes::as_default(Node node) const {
    // Its addresses come from the settings; its label and `draining` come from the storage.
    Node merged = default_node_of(d_.settings);
    merged.label = std::move(node.label);
    merged.draining = node.draining;
    merged.created_at = node.created_at;
    merged.updated_at = node.updated_at;
    return merged;
}

Result<void> Nodes::check(const Node& node) const {
    const auto server = open_(node);
    if (!server) return server.error();
    const auto same = [](const std::string& other, std::string_view how) {
        const std::string message = "This is the MediaMTX of the node " + other + " already (" +
                                    std::string(how) + "): one MediaMTX can only be one node.";
        return Error{ErrorCode::kConflict, message, {}, {{"/api_url", message}}};
    };
    for (const auto& watch : all()) {
        const Node other = watch->node();
        if (other.name != node.name && is_same_machine_port(other.api_url, node.api_url)) {
            return same(other.name, "it has the same address");
        }
    }
    {
        const std::lock_guard lock(life_mutex_);
        if (!running_) return {};
    }
    const auto info = (*server)->info();
    if (!info) return {};
    const auto other = d_.instances.other_than(node.name, *info);
    if (other) return same(*other, "both have the same start time");
    return {};
}

Nodes::Watch Nodes::make_watch(const Node& node) {
    auto server = open_(with_control_credential(node, d_.settings.control_secret));
    if (!server) {
        d_.logger.error("node cannot be supervised",
                        {{"node", node.name}, {"error", server.error().message}});
        server = std::unique_ptr<MediaServer>(std::make_unique<UnusableMediaServer>(
            "node " + node.name, Error{ErrorCode::kUnavailable,
                                       "The node cannot be supervised; change it or remove it. " +
                                           server.error().message,
                                       server.error().detail,
                                       {}}));
    }
    auto watch = std::make_shared<NodeWatch>(node, *std::move(server), d_, pool_);
    const std::lock_guard lock(life_mutex_);
    if (running_) watch->start();
    return watch;
}

Nodes::Watch Nodes::find(std::string_view name) const {
    if (name.empty() || name == d_.settings.node) return default_;
    const std::shared_lock lock(mutex_);
    const auto found = others_.find(name);
    return found == others_.end() ? nullptr : found->second;
}

std::vector<Nodes::Watch> Nodes::all() const {
    std::vector<Watch> watches{default_};
    const std::shared_lock lock(mutex_);
    for (const auto& [name, watch] : others_) watches.push_back(watch);
    return watches;
}

NodeStatus Nodes::status_of(NodeWatch& watch) const {
    const auto found = watch.status();
    NodeStatus status;
    status.node = watch.node();
    status.is_default = status.node.name == d_.settings.node;
    status.state = found.state;
    status.reason = found.reason;
    status.version = found.version;
    status.seen_at = found.seen_at;
    status.reconciled_by = watch.reconciled_by();
    if (auto standing = watch.standing().current()) status.standing = *std::move(standing);
    if (status.standing.asked_at)
        status.standing.unknown.clear();  // listed before `asked_at` was set
    status.path_notes = found.notes;
    status.asks_nobody = watch.standing().asks_nobody();
    judge_standing(status);
    return status;
}

bool Nodes::is_control_credential(std::string_view node, std::string_view user,
                                  const Secret& password) const {
    const Watch watch = find(node);
    std::string known_user = d_.settings.api_user;
    Secret known_password = d_.settings.api_password;
    if (watch != default_) {
        // For an unknown node no credential is right; the comparison takes the same time.
        Node asked = watch ? watch->node() : Node{};
        asked = with_control_credential(std::move(asked), d_.settings.control_secret);
        known_user = std::move(asked.api_user);
        known_password = std::move(asked.api_password);
    }
    const bool is_known = watch && !known_user.empty() && !known_password.empty();
    const bool good_user = Secret(std::move(known_user)).equals(user);
    const bool good_password = known_password.equals(password.reveal());
    const bool is_former = former_password_.equals(password.reveal()) &&
                           !former_password_.empty() && watch == default_;
    if (!is_known || !good_user || !(good_password || is_former)) return false;
    if (is_former && !former_password_told_.exchange(true)) {
        d_.logger.warning(
            "a program sends MediaMTX the secret of the installation, which was its password "
            "before",
            {{"node", d_.settings.node}});
    }
    return true;
}

CutoffReport Nodes::carry_out(const std::vector<Cutoff>& cutoffs) {
    std::map<std::string, std::vector<Cutoff>> by_node;
    for (const auto& cutoff : cutoffs) by_node[cutoff.node].push_back(cutoff);
    const std::vector<std::pair<std::string, std::vector<Cutoff>>> orders(by_node.begin(),
                                                                          by_node.end());
    return at_each(orders.size(), [&](std::size_t i) -> NodeCutoff {
        const auto& [name, of_node] = orders[i];
        if (const auto watch = find(name)) return watch->carry_out(of_node);
        return {name, 0, static_cast<int>(of_node.size()), false};
    });
}

CutoffReport Nodes::remove_refused(const std::vector<StreamKeyId>& keys) {
    const auto watches = all();
    return at_each(watches.size(), [&](std::size_t i) { return watches[i]->remove_refused(keys); });
}

}  // namespace rescuestream
