#include "fields/broadcaster_json.hpp"

#include "fields/broadcaster.hpp"
#include "fields/field_io.hpp"
#include "fields/record_fields.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/broadcaster_json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeBroadcaster = [](auto& io, auto& broadcaster) {
    io.required("id", broadcaster.id);
    fields::for_each_field(broadcaster, fields::RecordFields(io));
    io.optional("disabled", broadcaster.disabled);
    io.required("created_at", broadcaster.created_at);
    io.required("updated_at", broadcaster.updated_at);
    io.optional("incident_id", broadcaster.incident_id);
};

}  // namespace

std::string to_json(const Broadcaster& broadcaster) {
    return json::write_record(broadcaster, kDescribeBroadcaster);
}

Broadcaster fields::read_broadcaster(const rapidjson::Value& json) {
    return json::read_record<Broadcaster>(json, kDescribeBroadcaster);
}

namespace fields {

NewBroadcaster read_new_broadcaster(json::BodyReader& body) {
    NewBroadcaster input;
    for_each_field(input, InputReader(body, {}));
    return input;
}

BroadcasterPatch read_broadcaster_patch(json::BodyReader& body) {
    BroadcasterPatch patch;
    for_each_field(patch, InputReader(body, {}));
    return patch;
}

std::string to_body(const NewBroadcaster& input) {
    return json::object([&](json::Writer& writer) { for_each_field(input, BodyWriter(writer)); });
}

std::string to_body(const BroadcasterPatch& patch) {
    return json::object([&](json::Writer& writer) { for_each_field(patch, BodyWriter(writer)); });
}

}  // namespace fields
}  // namespace rescuestream
