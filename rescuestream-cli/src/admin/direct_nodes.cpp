#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectNodes final : public NodeApi {
public:
    DirectNodes(DirectAccess access, NodeProbe probe)
        : access_(std::move(access)), probe_(std::move(probe)) {}

    Result<std::vector<NodeStatus>> list_nodes() override {
        auto nodes = access_.orchestrator->list_nodes();
        if (!nodes) return nodes;
        for (auto& status : *nodes) status = probed(std::move(status));
        return nodes;
    }

    Result<NodeStatus> find_node(const std::string& name) override {
        auto status = access_.orchestrator->find_node(name);
        if (!status) return status;
        return probed(*std::move(status));
    }

    Result<NodeStatus> create_node(const NewNode& input) override {
        auto status = access_.orchestrator->create_node(input, access_.caller);
        if (!status) return status;
        return probed(*std::move(status));
    }

    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) override {
        auto status = access_.orchestrator->update_node(name, patch, access_.caller);
        if (!status) return status;
        return probed(*std::move(status));
    }

    Result<NodeStatus> enforce_node(const std::string& name) override {
        auto status = access_.orchestrator->enforce_node(name, access_.caller);
        if (!status) return status;
        return probed(*std::move(status));
    }

    Result<void> delete_node(const std::string& name) override {
        return access_.orchestrator->delete_node(name, access_.caller);
    }

private:
    NodeStatus probed(NodeStatus status) const {
        if (!probe_) return status;
        const auto info = probe_(status);
        if (info) {
            status.state = NodeState::kUp;
            status.version = info->version;
            status.seen_at = access_.orchestrator->now();
            judge_standing(status);
            return status;
        }
        const ErrorCode code = info.error().code;
        const bool answers = code == ErrorCode::kUnauthorized || code == ErrorCode::kInternal;
        status.state = answers ? NodeState::kDegraded : NodeState::kUnreachable;
        status.reason = info.error().message;
        return status;
    }

    DirectAccess access_;
    NodeProbe probe_;
};

}  // namespace

std::unique_ptr<NodeApi> make_direct_nodes(DirectAccess access, NodeProbe probe) {
    return std::make_unique<DirectNodes>(std::move(access), std::move(probe));
}

}  // namespace rescuestream::cli
