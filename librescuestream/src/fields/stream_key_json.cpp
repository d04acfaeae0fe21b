#include "fields/stream_key_json.hpp"

#include <algorithm>

#include "fields/addresses_json.hpp"
#include "fields/field_io.hpp"
#include "fields/stream_key.hpp"
#include "json/document.hpp"
#include "json/object.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/addresses_json.hpp"
#include "rescuestream/json/cutoff_json.hpp"
#include "rescuestream/json/stream_key_json.hpp"

namespace rescuestream {
namespace {

using json::member;
using json::object;
using json::raw_member;
using json::Writer;

template <class Visit, class Policies>
void visit_policies(const Visit& visit, Policies& policies) {
    fields::for_each_policy(
        [&](const Field& field, auto member) { visit(field, policies.*member); });
}

/// `now` is the time by which states are judged when a key is written.
struct DescribeKey {
    Timestamp now{};

    template <class Io, class Key>
    void operator()(Io& io, Key& key) const {
        io.required("id", key.id);
        io.required("broadcaster_id", key.broadcaster_id);
        if constexpr (Io::kWrites) io.required("status", key.status_at(now));
        io.later("label", key.label);
        io.later("playback_path", key.playback_path);
        if constexpr (Io::kWrites) {
            visit_policies(fields::FieldWriter(io.writer()), key.policies);
        } else {
            visit_policies(fields::FieldReader(io.json(), fields::UnknownWords::kIgnored),
                           key.policies);
        }
        io.required("disabled", key.disabled);
        io.optional("broadcaster_disabled", key.broadcaster_disabled);
        io.required("created_at", key.created_at);
        io.optional("expires_at", key.expires_at);
        io.optional("revoked_at", key.revoked_at);
        if (is_shown(io, key.blocked_until)) io.optional("blocked_until", key.blocked_until);
        if (is_shown(io, key.previous_value_expires_at)) {
            io.optional("previous_value_expires_at", key.previous_value_expires_at);
        }
        io.optional("last_used_at", key.last_used_at);
        io.optional("incident_id", key.incident_id);
        io.optional("until_closed", key.until_closed);
        io.optional("created_by", key.created_by);
        io.optional("rotated_at", key.rotated_at);
    }

private:
    // Times in the past are not written.
    template <class Io>
    bool is_shown(const Io& /*io*/, const std::optional<Timestamp>& until) const {
        return !Io::kWrites || (until && *until > now);
    }
};

void new_value_members(Writer& writer, const StreamKey& key, const Secret& value,
                       const EncoderAddresses& encoder, const ViewerAddresses& viewer,
                       Timestamp now) {
    json::MemberWriter io(writer);
    DescribeKey{now}(io, key);
    member(writer, "key_value", value.reveal());
    raw_member(writer, "publish", fields::write_encoder_addresses(encoder));
    raw_member(writer, "playback", to_json(viewer));
}

}  // namespace

std::string to_json(const StreamKey& key, Timestamp now) {
    return json::write_record(key, DescribeKey{now});
}

std::string to_json(const StreamKey& key, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        json::MemberWriter io(writer);
        DescribeKey{now}(io, key);
        raw_member(writer, "publish", fields::write_encoder_addresses(encoder));
        raw_member(writer, "playback", to_json(viewer));
    });
}

// The members that depend on the time, and the status.
std::optional<Timestamp> json_changes_at(const StreamKey& key, Timestamp now) {
    std::optional<Timestamp> earliest;
    for (const auto& time : {key.expires_at, key.blocked_until, key.previous_value_expires_at}) {
        if (time && *time > now && (!earliest || *time < *earliest)) earliest = time;
    }
    return earliest;
}

std::string to_json(const CreatedStreamKey& created, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        new_value_members(writer, created.key, created.value, encoder, viewer, now);
    });
}

std::string to_json(const RotatedStreamKey& rotated, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now) {
    return object([&](Writer& writer) {
        new_value_members(writer, rotated.key, rotated.value, encoder, viewer, now);
        raw_member(writer, "cutoff", to_json(rotated.cutoff));
    });
}

namespace fields {

NewStreamKey read_new_stream_key(json::BodyReader& body, Timestamp now) {
    NewStreamKey input;
    input.broadcaster_id = body.required_id<BroadcasterId>("broadcaster_id");
    for_each_field(input, InputReader(body, now));
    input.incident_id = body.optional_id<IncidentId>("incident_id");
    input.until_closed = body.boolean("until_closed").value_or(false);
    return input;
}

StreamKeyPatch read_stream_key_patch(json::BodyReader& body, Timestamp now) {
    StreamKeyPatch patch;
    for_each_field(patch, InputReader(body, now));
    patch.reset = body.words("reset", resettable_fields());
    return patch;
}

std::string to_body(const NewStreamKey& input) {
    return object([&](Writer& writer) {
        member(writer, "broadcaster_id", std::string_view(input.broadcaster_id.to_string()));
        for_each_field(input, FieldWriter(writer));
        if (input.incident_id) {
            member(writer, "incident_id", std::string_view(input.incident_id->to_string()));
        }
        if (!input.until_closed) return;
        json::write(writer, "until_closed");
        writer.Bool(true);
    });
}

std::string to_body(const StreamKeyPatch& patch) {
    return object([&](Writer& writer) {
        for_each_field(patch, FieldWriter(writer));
        if (patch.reset.empty()) return;
        json::write(writer, "reset");
        writer.StartArray();
        for (const auto& name : patch.reset) json::write(writer, name);
        writer.EndArray();
    });
}

StreamKey read_stream_key(const rapidjson::Value& json) {
    return json::read_record<StreamKey>(json, DescribeKey{});
}

namespace {

constexpr std::string_view kNoPolicies = "{}";

bool is_stored(std::string_view name) {
    bool found = false;
    for_each_policy([&](const Field& field, auto) {
        found = found || (!field.has_column && field.name == name);
    });
    return found;
}

JsonObject members_not_known(const rapidjson::Value& json) {
    const auto text = object([&](Writer& writer) {
        for (const auto& each : json.GetObject()) {
            const std::string_view name(each.name.GetString(), each.name.GetStringLength());
            if (is_stored(name)) continue;
            json::write(writer, name);
            each.value.Accept(writer);
        }
    });
    auto members = JsonObject::parse(text);
    if (!members) throw json::BadValue("stored policies are too large");
    return *std::move(members);
}

}  // namespace

std::string stored_policies(const StreamKeyPolicies& policies) {
    std::string text = object([&](Writer& writer) {
        const FieldWriter write(writer);
        for_each_policy([&](const Field& field, auto member) {
            if (!field.has_column) write(field, policies.*member);
        });
    });
    const std::string& others = policies.from_newer_release.text();
    if (others == kNoPolicies) return text;
    if (text == kNoPolicies) return others;
    text.back() = ',';
    return text + others.substr(1);
}

void read_stored_policies(std::string_view text, StreamKeyPolicies& policies) {
    if (text == kNoPolicies) return;
    const auto document = json::parse(text);
    if (!document || !document->IsObject())
        throw json::BadValue("stored policies are no JSON object");
    const FieldReader reader(*document, UnknownWords::kRefused);
    for_each_policy([&](const Field& field, auto member) {
        if (!field.has_column) reader(field, policies.*member);
    });
    policies.from_newer_release = members_not_known(*document);
}

}  // namespace fields
}  // namespace rescuestream
