#pragma once

namespace rescuestream {
class Logger;
class StreamOrchestrator;
struct Settings;
}  // namespace rescuestream

namespace rescuestream::server {

class StandIn;
struct Protection;

/// What filters and handlers work with. Everything must outlive whoever has it.
struct Context {
    StreamOrchestrator& orchestrator;
    const Settings& settings;
    Logger& logger;
    StandIn* stand_in = nullptr;       ///< Of a MediaMTX that is not there.
    Protection* protection = nullptr;  ///< Null: nobody is limited, and no answer is kept.
};

}  // namespace rescuestream::server
