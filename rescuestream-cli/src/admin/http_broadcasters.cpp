#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/broadcaster_json.hpp"

namespace rescuestream::cli {
namespace {

ChangedBroadcaster read_changed_broadcaster(const rapidjson::Value& json) {
    return {fields::read_broadcaster(read::member(json, "broadcaster")),
            fields::read_cutoff(read::member(json, "cutoff"))};
}

class HttpBroadcasters final : public BroadcasterApi {
public:
    explicit HttpBroadcasters(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<Broadcaster> create_broadcaster(const NewBroadcaster& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/broadcasters", "", fields::to_body(input)),
            fields::read_broadcaster);
    }

    Result<Broadcaster> find_broadcaster(BroadcasterId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("broadcasters", id)),
                                      fields::read_broadcaster);
    }

    Result<Page<Broadcaster>> list_broadcasters(const PageRequest& page) override {
        messages::Query query;
        query.add(page);
        return messages::parse_list(caller_->call("GET", "/broadcasters", query.text()),
                                    "broadcasters", fields::read_broadcaster);
    }

    Result<Broadcaster> update_broadcaster(BroadcasterId id,
                                           const BroadcasterPatch& patch) override {
        return messages::parse_answer(
            caller_->change(messages::item("broadcasters", id), fields::to_body(patch)),
            fields::read_broadcaster);
    }

    Result<CutoffReport> delete_broadcaster(BroadcasterId id, bool force) override {
        const auto reply =
            caller_->call("DELETE", messages::item("broadcasters", id), force ? "force=true" : "");
        if (!reply) return reply.error();
        try {
            return read_cutoff_header(reply->cutoff);
        } catch (const BadValue& error) {
            return messages::bad_answer(error.what());
        }
    }

    Result<ChangedBroadcaster> disable_broadcaster(BroadcasterId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("broadcasters", id, "disable")),
            read_changed_broadcaster);
    }

    Result<ChangedBroadcaster> enable_broadcaster(BroadcasterId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("broadcasters", id, "enable")),
            read_changed_broadcaster);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<BroadcasterApi> make_http_broadcasters(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpBroadcasters>(std::move(caller));
}

}  // namespace rescuestream::cli
