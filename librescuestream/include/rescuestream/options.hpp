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
#include "rescuestream/tracer.hpp"

namespace rescuestream {

/// The dependencies and settings of a StreamOrchestrator.
struct OrchestratorOptions {
    std::unique_ptr<Storage> storage;                       ///< Required.
    std::unique_ptr<MediaServer> media_server;              ///< Required; that of the default node.
    OpenMediaServer open_media_server = open_media_mtx_of;  ///< For every other node.
    /// The name of this program among those that share the storage. Two programs that run at the
    /// same time must have different names. A program that keeps its name over a restart supervises
    /// its nodes again at once, even after a crash. Empty: a random name.
    std::string server_name;
    OrchestratorSettings settings;
    const Clock* clock = nullptr;    ///< Empty: the machine's. Must outlive the orchestrator.
    RandomSource* random = nullptr;  ///< Empty: the machine's. Must outlive the orchestrator.
    Logger* logger = nullptr;        ///< Empty: silent. Must outlive the orchestrator.
    Tracer* tracer = nullptr;        ///< Empty: nothing is traced. Must outlive the orchestrator.
};

}  // namespace rescuestream
