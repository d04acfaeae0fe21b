#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "support/media_mtx_answers.hpp"

namespace rescuestream::testing {

/// The routes of path entries, `/v3/config/paths/…`, over a media server in memory.
///
/// Thread-safety: all methods may be called from any thread. Ownership: `model` must outlive it.
class MtxPathConfigs {
public:
    explicit MtxPathConfigs(FakeMediaServer& model) : model_(model) {}

    /// `action` is what stands behind "/v3/config/paths/", for example "add/live/a".
    MtxAnswer answer(const std::string& method, const std::string& action, const std::string& body);
    /// Returns the items of the list of all entries.
    std::vector<std::string> all();

private:
    FakeMediaServer& model_;
    std::mutex mutex_;
    std::map<std::string, MediaPathConfig> configs_;  // as in `model_`, with all details
};

}  // namespace rescuestream::testing
