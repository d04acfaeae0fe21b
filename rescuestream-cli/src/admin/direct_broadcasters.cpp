#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectBroadcasters final : public BroadcasterApi {
public:
    explicit DirectBroadcasters(DirectAccess access) : access_(std::move(access)) {}

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) override {
        return access_.orchestrator->create_broadcaster(input, access_.caller);
    }

    Result<Broadcaster> find_broadcaster(BroadcasterId id) override {
        return access_.orchestrator->find_broadcaster(id);
    }

    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override {
        return access_.orchestrator->list_broadcasters(page);
    }

    Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                           const BroadcasterPatch& patch) override {
        return access_.orchestrator->update_broadcaster(id, patch, access_.caller);
    }

    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) override {
        return access_.orchestrator->delete_broadcaster(id, force, access_.caller);
    }

    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) override {
        return access_.orchestrator->disable_broadcaster(id, access_.caller);
    }

    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) override {
        return access_.orchestrator->enable_broadcaster(id, access_.caller);
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<BroadcasterApi> make_direct_broadcasters(DirectAccess access) {
    return std::make_unique<DirectBroadcasters>(std::move(access));
}

}  // namespace rescuestream::cli
