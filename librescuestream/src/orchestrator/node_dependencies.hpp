#pragma once

#include <string>

namespace rescuestream {

class Clock;
class CountedStorage;
class CutoffMeter;
class EventBus;
class KeyChanges;
class KeyFollower;
class Logger;
class MediaServerInstances;
class NotedEntries;
class OutagePublishers;
class PlaybackTokens;
class RandomSource;
class SessionRunner;
class Tracer;
class UnwrittenRefusals;
class Viewers;
struct OrchestratorSettings;

/// Parts of the orchestrator that the supervision of nodes uses, the same for all nodes. They must
/// outlive the nodes.
struct NodeDependencies {
    CountedStorage& storage;
    SessionRunner& sessions;
    KeyChanges& changes;
    EventBus& events;
    const OutagePublishers& outage;
    const UnwrittenRefusals& unwritten;
    const Clock& clock;
    RandomSource& random;
    Logger& logger;
    Tracer* tracer;  ///< Null: nothing is traced.
    CutoffMeter& cutoff_meter;
    const OrchestratorSettings& settings;
    const std::string& server_name;
    MediaServerInstances& instances;
    KeyFollower& keys;
    PlaybackTokens& tokens;
    Viewers& viewers;
    NotedEntries& noted;
};

}  // namespace rescuestream
