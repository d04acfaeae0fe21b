#pragma once

#include <vector>

#include "rescuestream/health.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

struct HealthReport {
    bool ready = false;  ///< False: a check has failed.
    std::vector<HealthCheck> checks;
};

/// The checks of the installation; see AdminApi.
class HealthApi {
public:
    virtual ~HealthApi() = default;

    /// Directly: the checks of the database and of each node. Over HTTP: those that the server has
    /// made, also when it is not ready.
    virtual Result<HealthReport> health() = 0;
};

}  // namespace rescuestream::cli
