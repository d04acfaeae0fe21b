#include "fields/guest_link_json.hpp"

#include <string_view>

#include "fields/incident_json.hpp"
#include "json/object.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/guest_link_json.hpp"
#include "rescuestream/playback.hpp"

namespace rescuestream {
namespace {

// In one request.
constexpr std::size_t kMostGuestTargets = 1'000;

void guest_link_members(json::MemberWriter& io, const GuestLink& link, Timestamp now) {
    const std::string_view status = link.closed_at         ? "closed"
                                    : link.is_open_at(now) ? "open"
                                                           : "expired";
    io.required("id", link.id);
    io.required("status", status);
    io.optional("label", link.label);
    fields::write_assignment(io.writer(), link.targets);
    io.optional("incident_id", link.incident_id);
    io.optional("expires_at", link.expires_at);
    if (link.max_addresses) {
        json::integer_member(io.writer(), "max_addresses", *link.max_addresses);
    }
    if (link.max_viewers) json::integer_member(io.writer(), "max_viewers", *link.max_viewers);
    io.required("has_pin", link.has_pin);
    io.required("created_at", link.created_at);
    io.required("created_by", link.created_by);
    io.optional("closed_at", link.closed_at);
    fields::write_public_paths(io.writer(), link.public_paths);
}

}  // namespace

std::string to_json(const GuestLink& link, Timestamp now) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        guest_link_members(io, link, now);
    });
}

std::string to_json(const CreatedGuestLink& created, Timestamp now) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        guest_link_members(io, created.link, now);
        json::member(writer, "url", std::string_view(created.address.reveal()));
    });
}

namespace fields {

NewGuestLink read_new_guest_link(json::BodyReader& body, Timestamp now) {
    NewGuestLink input;
    input.label = body.raw_text("label").value_or("");
    input.targets = read_incident_assignment(body);
    input.incident_id = body.optional_id<IncidentId>("incident_id");
    input.expires_at = body.future_time("expires_at", now);
    if (auto pin = body.raw_text("pin")) input.pin.emplace(*std::move(pin));
    input.max_addresses = body.integer("max_addresses", 1, kMostGuestAddresses);
    input.max_viewers = body.integer("max_viewers", 1, kMaxTokenSessions);
    return input;
}

GuestLinkPatch read_guest_link_patch(json::BodyReader& body, Timestamp now) {
    GuestLinkPatch patch;
    patch.label = body.raw_text("label");
    patch.broadcaster_ids =
        body.list<BroadcasterId>("broadcaster_ids", 0, kMostGuestTargets, "must be an array of ids",
                                 "a UUID", BroadcasterId::parse);
    patch.stream_key_ids =
        body.list<StreamKeyId>("stream_key_ids", 0, kMostGuestTargets, "must be an array of ids",
                               "a UUID", StreamKeyId::parse);
    patch.expires_at = body.future_time("expires_at", now);
    if (auto pin = body.raw_text("pin")) patch.pin.emplace(*std::move(pin));
    patch.max_addresses = body.integer("max_addresses", 1, kMostGuestAddresses);
    patch.max_viewers = body.integer("max_viewers", 1, kMaxTokenSessions);
    patch.reset = body.words("reset", resettable_guest_link_members());
    return patch;
}

std::string to_body(const GuestLinkPatch& patch) {
    return json::object([&](json::Writer& writer) {
        const auto write_texts = [&](const char* name, const auto& items, const auto& text_of) {
            json::write(writer, name);
            writer.StartArray();
            for (const auto& item : items) json::write(writer, text_of(item));
            writer.EndArray();
        };
        const auto id_text = [](const auto& id) { return id.to_string(); };
        json::optional_member(writer, "label", patch.label);
        if (patch.broadcaster_ids) write_texts("broadcaster_ids", *patch.broadcaster_ids, id_text);
        if (patch.stream_key_ids) write_texts("stream_key_ids", *patch.stream_key_ids, id_text);
        json::optional_member(writer, "expires_at", patch.expires_at);
        if (patch.pin) json::member(writer, "pin", std::string_view(patch.pin->reveal()));
        if (patch.max_addresses) {
            json::integer_member(writer, "max_addresses", *patch.max_addresses);
        }
        if (patch.max_viewers) json::integer_member(writer, "max_viewers", *patch.max_viewers);
        if (patch.reset.empty()) return;
        write_texts("reset", patch.reset, [](const std::string& name) { return name; });
    });
}

std::string to_body(const NewGuestLink& input) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        io.optional("label", input.label);
        write_assignment(writer, input.targets);
        io.optional("incident_id", input.incident_id);
        io.optional("expires_at", input.expires_at);
        if (input.pin) json::member(writer, "pin", std::string_view(input.pin->reveal()));
        if (input.max_addresses) {
            json::integer_member(writer, "max_addresses", *input.max_addresses);
        }
        if (input.max_viewers) json::integer_member(writer, "max_viewers", *input.max_viewers);
    });
}

GuestLink read_guest_link(const rapidjson::Value& json) {
    GuestLink link;
    json::MemberReader io(json);
    io.required("id", link.id);
    io.optional("label", link.label);
    link.targets = read_assignment(json);
    io.optional("incident_id", link.incident_id);
    io.optional("expires_at", link.expires_at);
    link.max_addresses = json::read::optional_integer(json, "max_addresses");
    link.max_viewers = json::read::optional_integer(json, "max_viewers");
    io.required("has_pin", link.has_pin);
    io.required("created_at", link.created_at);
    io.required("created_by", link.created_by);
    io.optional("closed_at", link.closed_at);
    link.public_paths = read_public_paths(json);
    return link;
}

CreatedGuestLink read_created_guest_link(const rapidjson::Value& json) {
    return {read_guest_link(json), Secret(json::read::text(json, "url"))};
}

}  // namespace fields
}  // namespace rescuestream
