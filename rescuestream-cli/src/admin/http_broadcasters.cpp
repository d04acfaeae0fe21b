#include "admin/http_broadcasters.hpp"

#include "admin/http_messages.hpp"
#include "fields/broadcaster_json.hpp"

namespace rescuestream::cli {
namespace {

ChangedBroadcaster read_changed_broadcaster(const rapidjson::Value& json) {
    return {fields::read_broadcaster(read::member(json, "broadcaster")),
            fields::read_cutoff(read::member(json, "cutoff"))};
}

}  // namespace

Result<Broadcaster> HttpBroadcasters::create_broadcaster(const NewBroadcaster& input) {
    return messages::parse_answer(caller_.call("POST", "/broadcasters", "", fields::to_body(input)),
                                  fields::read_broadcaster);
}

Result<Broadcaster> HttpBroadcasters::find_broadcaster(BroadcasterId id) {
    return messages::parse_answer(caller_.call("GET", messages::item("broadcasters", id)),
                                  fields::read_broadcaster);
}

Result<Page<Broadcaster>> HttpBroadcasters::list_broadcasters(const PageRequest& page) {
    messages::Query query;
    query.add(page);
    return messages::parse_list(caller_.call("GET", "/broadcasters", query.text()), "broadcasters",
                                fields::read_broadcaster);
}

Result<Broadcaster> HttpBroadcasters::update_broadcaster(BroadcasterId id,
                                                         const BroadcasterPatch& patch) {
    return messages::parse_answer(
        caller_.call("PATCH", messages::item("broadcasters", id), "", fields::to_body(patch)),
        fields::read_broadcaster);
}

Result<CutoffReport> HttpBroadcasters::delete_broadcaster(BroadcasterId id, bool force) {
    const auto reply =
        caller_.call("DELETE", messages::item("broadcasters", id), force ? "force=true" : "");
    if (!reply) return reply.error();
    try {
        return read_cutoff_header(reply->cutoff);
    } catch (const BadValue& error) {
        return messages::bad_answer(error.what());
    }
}

Result<ChangedBroadcaster> HttpBroadcasters::disable_broadcaster(BroadcasterId id) {
    return messages::parse_answer(
        caller_.call("POST", messages::item("broadcasters", id, "disable")),
        read_changed_broadcaster);
}

Result<ChangedBroadcaster> HttpBroadcasters::enable_broadcaster(BroadcasterId id) {
    return messages::parse_answer(
        caller_.call("POST", messages::item("broadcasters", id, "enable")),
        read_changed_broadcaster);
}

}  // namespace rescuestream::cli
