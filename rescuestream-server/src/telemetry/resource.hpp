#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rescuestream {
struct Settings;
}

namespace rescuestream::server {

/// The attributes of this server in all that it sends to a collector.
struct Resource {
    std::vector<std::pair<std::string, std::string>> attributes;
};

/// Returns `service.name`, `service.version`, `service.instance.id`, the attributes of the settings
/// and those of this library. A name occurs once.
Resource make_resource(const Settings& settings);

}  // namespace rescuestream::server
