#include "fields/records_json.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeBroadcaster = [](auto& io, auto& broadcaster) {
    io.required("id", broadcaster.id);
    io.required("display_name", broadcaster.display_name);
    io.required("metadata", broadcaster.metadata);
    io.optional("disabled", broadcaster.disabled);
    io.required("created_at", broadcaster.created_at);
    io.required("updated_at", broadcaster.updated_at);
};

}  // namespace

std::string to_json(const Broadcaster& broadcaster) {
    return json::write_record(broadcaster, kDescribeBroadcaster);
}

Broadcaster fields::read_broadcaster(const rapidjson::Value& json) {
    return json::read_record<Broadcaster>(json, kDescribeBroadcaster);
}

}  // namespace rescuestream
