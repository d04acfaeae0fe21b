#pragma once

#include <memory>
#include <string>

#include "rescuestream/logger.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/open_media_server.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/settings.hpp"
#include "rescuestream/storage.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a StreamOrchestrator is made of.
struct OrchestratorOptions {
    std::unique_ptr<Storage> storage;                       ///< Required.
    std::unique_ptr<MediaServer> media_server;              ///< Required; that of the default node.
    OpenMediaServer open_media_server = open_media_mtx_of;  ///< For every other node.
    /// How this program is called among those that share the storage: no two at a time may have the
    /// same. One that keeps its name when it is started again goes on at once, even after a crash.
    /// Empty: a random name.
    std::string server_name;
    OrchestratorSettings settings;
    const Clock* clock = nullptr;    ///< Empty: the machine's. Must outlive the orchestrator.
    RandomSource* random = nullptr;  ///< Empty: the machine's. Must outlive the orchestrator.
    Logger* logger = nullptr;        ///< Empty: silent. Must outlive the orchestrator.
};

}  // namespace rescuestream
