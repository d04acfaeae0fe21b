#pragma once

#include <vector>

#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on refused attempts; see AdminApi.
class RefusalApi {
public:
    virtual ~RefusalApi() = default;

    virtual Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) = 0;
};

}  // namespace rescuestream::cli
