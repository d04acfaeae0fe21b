#include "fields/viewer_json.hpp"

#include "json/object.hpp"
#include "json/values.hpp"
#include "rescuestream/guest_links.hpp"
#include "rescuestream/json/viewer_json.hpp"

namespace rescuestream {

std::string to_json(const Viewer& viewer) {
    return json::object([&](json::Writer& writer) {
        json::member(writer, "id", viewer.id.value);
        json::member(writer, "node", viewer.node);
        json::member(writer, "path", viewer.path);
        json::member(writer, "protocol", to_string(viewer.protocol));
        json::member(writer, "address", viewer.remote_address);
        if (!viewer.user_agent.empty()) json::member(writer, "user_agent", viewer.user_agent);
        if (!viewer.grants.empty()) {
            const PlaybackGrant& grant = viewer.grants.front();
            json::member(writer, "token_id", grant.id);
            json::optional_member(writer, "viewer_id", grant.viewer_id);
            if (const auto link = guest_link_of(grant.owner)) {
                json::member(writer, "guest_link_id", std::string_view(link->to_string()));
            }
            json::member(writer, "token_expires_at", grant.expires_at);
        }
        if (viewer.is_helper) {
            writer.Key("helper");
            writer.Bool(true);
        }
        json::member(writer, "since", viewer.since);
        json::optional_member(writer, "until", viewer.until);
        json::optional_member(writer, "removed_at", viewer.removed_at);
    });
}

Viewer fields::read_viewer(const rapidjson::Value& json) {
    Viewer viewer;
    viewer.id = ConnectionId{json::read::text(json, "id")};
    viewer.node = json::read::text(json, "node");
    viewer.path = json::read::text(json, "path");
    viewer.protocol =
        json::read::optional_enumerator<Protocol>(json, "protocol").value_or(Protocol::kUnknown);
    viewer.remote_address = json::read::text(json, "address");
    viewer.user_agent = json::read::optional_text(json, "user_agent").value_or("");
    if (const auto token = json::read::optional_text(json, "token_id")) {
        PlaybackGrant grant;
        grant.id = *token;
        grant.viewer_id = json::read::optional_text(json, "viewer_id");
        if (const auto link = json::read::optional_text(json, "guest_link_id")) {
            const auto id = GuestLinkId::parse(*link);
            if (!id) json::read::fail("guest_link_id", "is not an id");
            grant.owner = token_owner(*id);
        }
        grant.expires_at = json::read::time(json, "token_expires_at");
        viewer.grants.push_back(std::move(grant));
    }
    viewer.is_helper = json::read::flag(json, "helper");
    viewer.since = json::read::time(json, "since");
    viewer.until = json::read::optional_time(json, "until");
    viewer.removed_at = json::read::optional_time(json, "removed_at");
    return viewer;
}

}  // namespace rescuestream
