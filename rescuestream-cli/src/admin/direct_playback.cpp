#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

template <class T>
Result<void> without_value(const Result<T>& result) {
    if (!result) return result.error();
    return {};
}

class DirectPlayback final : public PlaybackApi {
public:
    explicit DirectPlayback(DirectAccess access) : access_(std::move(access)) {}

    Result<MintedPlaybackToken> mint_playback_token(const NewPlaybackToken& input) override {
        return access_.orchestrator->mint_playback_token(input, access_.caller);
    }
    Result<RevokedPlaybackTokens> revoke_playback_tokens(RevokedBy by,
                                                         const std::string& value) override {
        return access_.orchestrator->revoke_playback_tokens(by, value, access_.caller);
    }
    Result<std::vector<PlaybackKey>> list_playback_keys() override {
        return access_.orchestrator->list_playback_keys();
    }
    Result<PlaybackKey> import_playback_key(const NewPlaybackKey& input) override {
        return access_.orchestrator->import_playback_key(input, access_.caller);
    }
    Result<PlaybackKey> rotate_playback_key(std::chrono::seconds overlap) override {
        return access_.orchestrator->rotate_playback_key(overlap, access_.caller);
    }
    Result<void> end_playback_key(const std::string& id) override {
        return without_value(access_.orchestrator->end_playback_key(id, access_.caller));
    }
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter,
                                      const PageRequest& page) override {
        return access_.orchestrator->list_viewers(filter, page);
    }
    Result<RemovedViewer> remove_viewer(const std::string& id) override {
        return access_.orchestrator->remove_viewer(ConnectionId{id}, access_.caller);
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<PlaybackApi> make_direct_playback(DirectAccess access) {
    return std::make_unique<DirectPlayback>(std::move(access));
}

}  // namespace rescuestream::cli
