#include "settings/settings.hpp"

namespace rescuestream {

std::string ListenPlace::text() const {
    return host.starts_with("unix:") ? host : host + ":" + std::to_string(port);
}

OrchestratorSettings default_orchestrator_settings() {
    OrchestratorSettings settings;
    settings.api_url = "http://localhost:9997";
    return settings;
}

}  // namespace rescuestream
