#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectKeys final : public KeyApi {
public:
    explicit DirectKeys(DirectAccess access) : access_(std::move(access)) {}

    Result<CreatedKey> create_stream_key(const NewStreamKey& input) override {
        auto created = access_.orchestrator->create_stream_key(input, access_.caller);
        if (!created) return std::move(created).error();
        CreatedKey result;
        result.encoder = access_.orchestrator->encoder_addresses(created->key, created->value);
        result.viewer = access_.orchestrator->viewer_addresses(created->key);
        result.created = *std::move(created);
        return result;
    }

    Result<StreamKey> find_stream_key(StreamKeyId id) override {
        return access_.orchestrator->find_stream_key(id);
    }

    Result<KeyWithAddresses> show_stream_key(StreamKeyId id) override {
        const auto& orchestrator = *access_.orchestrator;
        const auto key = access_.orchestrator->find_stream_key(id);
        if (!key) return key.error();
        return KeyWithAddresses{*key, orchestrator.encoder_addresses(*key),
                                orchestrator.viewer_addresses(*key)};
    }

    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override {
        return access_.orchestrator->list_stream_keys(filter, page);
    }

    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) override {
        return access_.orchestrator->update_stream_key(id, patch, access_.caller);
    }

    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) override {
        return access_.orchestrator->revoke_stream_key(id, access_.caller);
    }

    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) override {
        return access_.orchestrator->disable_stream_key(id, access_.caller);
    }

    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) override {
        return access_.orchestrator->enable_stream_key(id, access_.caller);
    }

    Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) override {
        auto rotated = access_.orchestrator->rotate_stream_key(id, overlap, access_.caller);
        if (!rotated) return std::move(rotated).error();
        RotatedKey result;
        result.encoder = access_.orchestrator->encoder_addresses(rotated->key, rotated->value);
        result.viewer = access_.orchestrator->viewer_addresses(rotated->key);
        result.rotated = *std::move(rotated);
        return result;
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<KeyApi> make_direct_keys(DirectAccess access) {
    return std::make_unique<DirectKeys>(std::move(access));
}

}  // namespace rescuestream::cli
