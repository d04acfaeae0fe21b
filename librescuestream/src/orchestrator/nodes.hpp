#pragma once

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

/// Every media server of the installation: the default one, made by this program's settings, and
/// those that stand in the storage.
///
/// Thread-safety: all methods from any thread; `start` and `stop` by one.
class Nodes final : public CutoffWorker {
public:
    using Watch = std::shared_ptr<NodeWatch>;

    Nodes(std::unique_ptr<MediaServer> default_server, OpenMediaServer open,
          const NodeDependencies& dependencies);
    ~Nodes() override;

    void start();
    void stop();
    void tick();
    /// Somebody may have written a cut-off or changed a node.
    void wake();

    /// Whether a node could be looked after: what the opener says of it.
    Result<void> check(const Node& node) const;

    /// Reads the storage's list and follows it. An error leaves everything as it was.
    Result<void> refresh();

    Watch default_node() const { return default_; }
    /// Empty name: the default one. Null: there is none.
    Watch find(std::string_view name) const;
    /// The default one first, then by name.
    std::vector<Watch> all() const;
    NodeStatus status_of(NodeWatch& watch) const;
    /// Whether this is what that node's control interface is asked with.
    bool is_control_credential(std::string_view node, std::string_view user,
                               const Secret& password) const;

    /// See NodeWatch::carry_out; those of several nodes side by side.
    CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) override;
    /// See NodeWatch::remove_refused, on all nodes side by side.
    CutoffReport remove_refused(const std::vector<StreamKeyId>& keys);

private:
    void run();
    // Of a node that is new or has another address: a watch that runs if the others do. One that
    // cannot be opened is watched all the same: see UnusableMediaServer.
    Watch make_watch(const Node& node);
    Node as_default(Node node) const;

    const OpenMediaServer open_;
    TurnPool pool_;
    const NodeDependencies d_;
    const Watch default_;
    std::mutex refreshing_;
    mutable std::shared_mutex mutex_;
    std::map<std::string, Watch, std::less<>> others_;

    std::mutex life_mutex_;
    std::condition_variable changed_;
    bool running_ = false;
    bool stopping_ = false;
    bool woken_ = false;
    std::thread thread_;
};

}  // namespace rescuestream
