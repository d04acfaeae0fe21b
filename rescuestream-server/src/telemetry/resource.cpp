#include "telemetry/resource.hpp"

#include <algorithm>

#include "rescuestream/version.hpp"
#include "settings/settings.hpp"
#include "settings/telemetry_rules.hpp"

namespace rescuestream::server {
namespace {

void set(Resource& resource, const std::string& name, const std::string& value) {
    const auto found = std::find_if(resource.attributes.begin(), resource.attributes.end(),
                                    [&](const auto& attribute) { return attribute.first == name; });
    if (found != resource.attributes.end()) {
        found->second = value;
    } else {
        resource.attributes.emplace_back(name, value);
    }
}

}  // namespace

Resource make_resource(const Settings& settings) {
    const TelemetrySettings& given = settings.telemetry;
    Resource resource;
    // Later ones take precedence.
    set(resource, "service.name", "rescuestream");
    set(resource, "service.version", RESCUESTREAM_VERSION);
    if (!settings.server_name.empty()) {
        set(resource, "service.instance.id", settings.server_name);
    }
    const auto attributes = settings::parse_named_values(given.resource_attributes);
    if (attributes) {
        for (const auto& [name, value] : *attributes) set(resource, name, value);
    }
    if (!given.service_name.empty()) set(resource, "service.name", given.service_name);
    if (!given.tracing_service.empty()) set(resource, "service.name", given.tracing_service);
    if (!given.tracing_version.empty()) set(resource, "service.version", given.tracing_version);
    set(resource, "telemetry.sdk.name", "rescuestream");
    set(resource, "telemetry.sdk.language", "cpp");
    set(resource, "telemetry.sdk.version", RESCUESTREAM_VERSION);
    return resource;
}

}  // namespace rescuestream::server
