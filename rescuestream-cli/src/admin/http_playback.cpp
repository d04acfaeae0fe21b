#include <fmt/format.h>

#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/playback_json.hpp"
#include "fields/viewer_json.hpp"

namespace rescuestream::cli {
namespace {

class HttpPlayback final : public PlaybackApi {
public:
    explicit HttpPlayback(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<MintedPlaybackToken> mint_playback_token(const NewPlaybackToken& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/playback-tokens", "", fields::to_body(input)),
            fields::read_minted_playback_token);
    }
    Result<RevokedPlaybackTokens> revoke_playback_tokens(RevokedBy by,
                                                         const std::string& value) override {
        return messages::parse_answer(
            caller_->call("POST", "/playback-tokens/revoke", "", fields::to_body(by, value)),
            fields::read_revoked_playback_tokens);
    }
    Result<std::vector<PlaybackKey>> list_playback_keys() override {
        auto page = messages::parse_list(caller_->call("GET", "/playback-keys"), "playback_keys",
                                         fields::read_playback_key);
        if (!page) return std::move(page).error();
        return std::move(page->items);
    }
    Result<PlaybackKey> import_playback_key(const NewPlaybackKey& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/playback-keys", "", fields::to_body(input)),
            fields::read_playback_key);
    }
    Result<PlaybackKey> rotate_playback_key(std::chrono::seconds overlap) override {
        return messages::parse_answer(
            caller_->call("POST", "/playback-keys/rotate", "",
                          fmt::format("{{\"overlap_seconds\":{}}}", overlap.count())),
            fields::read_playback_key);
    }
    Result<void> end_playback_key(const std::string& id) override {
        const auto reply = caller_->call("DELETE", "/playback-keys/" + percent_encode(id));
        if (!reply) return reply.error();
        return {};
    }
    Result<Page<Viewer>> list_viewers(const ViewerFilter& filter,
                                      const PageRequest& page) override {
        messages::Query query;
        query.add("path", filter.path);
        query.add("node", filter.node);
        query.add("viewer_id", filter.viewer_id);
        query.add("token_id", filter.token_id);
        if (!filter.present_only) query.add("state", std::string_view("all"));
        query.add(page);
        return messages::parse_list(caller_->call("GET", "/viewers", query.text()), "viewers",
                                    fields::read_viewer);
    }
    Result<RemovedViewer> remove_viewer(const std::string& id) override {
        return messages::parse_answer(caller_->call("DELETE", "/viewers/" + percent_encode(id)),
                                      [](const rapidjson::Value& json) {
                                          return RemovedViewer{
                                              fields::read_viewer(read::member(json, "viewer")),
                                              read::flag(json, "removed")};
                                      });
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<PlaybackApi> make_http_playback(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpPlayback>(std::move(caller));
}

}  // namespace rescuestream::cli
