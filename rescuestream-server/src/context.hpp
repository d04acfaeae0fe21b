#pragma once

namespace rescuestream {
class Logger;
class StreamOrchestrator;
class Tracer;
struct Settings;
}  // namespace rescuestream

namespace rescuestream::server {

class StandIn;
struct Protection;

/// The objects that filters and handlers use. They must outlive every user of the context.
struct Context {
    StreamOrchestrator& orchestrator;
    const Settings& settings;
    Logger& logger;
    StandIn* stand_in = nullptr;       ///< The simulated media server, if MediaMTX is not used.
    Protection* protection = nullptr;  ///< Null: there are no limits, and no response is cached.
    Tracer* tracer = nullptr;          ///< Null: nothing is traced.
};

}  // namespace rescuestream::server
