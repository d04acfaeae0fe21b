#pragma once

namespace rescuestream {

class Clock;
class CountedStorage;
class KeyChanges;
class KeyFollower;
class Nodes;
class RandomSource;
class SessionRunner;
class UnwrittenRefusals;
class Withdrawals;
struct OrchestratorSettings;

/// Parts of the orchestrator that the methods of the facade use, the same for all subjects. They
/// must outlive the subjects.
struct RequestDependencies {
    CountedStorage& storage;
    KeyChanges& changes;
    KeyFollower& keys;
    SessionRunner& sessions;
    Nodes& nodes;
    UnwrittenRefusals& unwritten;
    Withdrawals& withdrawals;
    const Clock& clock;
    RandomSource& random;
    const OrchestratorSettings& settings;
};

}  // namespace rescuestream
