#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/node_watch.hpp"
#include "rescuestream/open_media_server.hpp"

namespace rescuestream {

/// All media servers of the installation: the default node, which this program's settings define,
/// and the nodes that are registered in the storage.
///
/// Thread-safety: all methods may be called from any thread, `start` and `stop` only from one.
class Nodes final : public CutoffWorker {
public:
    using Watch = std::shared_ptr<NodeWatch>;

    Nodes(std::unique_ptr<MediaServer> default_server, OpenMediaServer open,
          const NodeDependencies& dependencies);
    ~Nodes() override;

    void start();
    void stop();
    void tick();
    /// Reports that another program may have written a cut-off or changed a node.
    void wake();
    /// Polls all nodes as soon as possible.
    void poll_soon();

    /// Returns whether a client of the node can be created; an error is that of the opener.
    /// kConflict: its media server is known to be that of another node, by its address or, between
    /// `start` and `stop`, by what it answers. A media server that does not answer, or only with
    /// the credential that is derived for the node, is compared by the node's first poll.
    Result<void> check(const Node& node) const;

    /// Reads the storage's list of nodes and applies it. An error changes nothing.
    Result<void> refresh();

    Watch default_node() const { return default_; }
    /// An empty name means the default node. Returns null if there is no such node.
    Watch find(std::string_view name) const;
    /// The default node first, then the others by name.
    std::vector<Watch> all() const;
    NodeStatus status_of(NodeWatch& watch) const;
    /// Returns whether this is the credential that this program sends to that node's control
    /// interface. For the default node also the secret of the installation is right where its
    /// password is derived from that: servers and scrapers of before send it.
    bool is_control_credential(std::string_view node, std::string_view user,
                               const Secret& password) const;

    /// See NodeWatch::carry_out; several nodes in parallel.
    CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) override;
    /// See NodeWatch::remove_refused; on all nodes in parallel.
    CutoffReport remove_refused(const std::vector<StreamKeyId>& keys);

private:
    void run();
    // Makes the watch of a node that is new or has another address, and starts it if the others are
    // started. A node whose client cannot be created gets an UnusableMediaServer.
    Watch make_watch(const Node& node);
    Node as_default(Node node) const;

    const OpenMediaServer open_;
    TurnPool pool_;
    const NodeDependencies d_;
    const Watch default_;
    // Empty, or the password of the default node that is accepted for the sake of programs of
    // before.
    const Secret former_password_;
    mutable std::atomic<bool> former_password_told_{false};
    std::mutex refreshing_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, Watch, std::less<>> others_;

    mutable std::mutex life_mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
