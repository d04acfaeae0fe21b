#pragma once

#include <optional>
#include <string>

#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"

namespace rescuestream::cli {

struct SchemaReport {
    std::string storage;  ///< Where it is, without a credential.
    SchemaStatus status;
};

/// What commands on a schema ask for; see AdminApi.
class SchemaApi {
public:
    /// kUnsupported over HTTP: a schema is worked on directly.
    virtual Result<SchemaReport> schema_status() = 0;
    virtual Result<SchemaReport> migrate(std::optional<int> target) = 0;

protected:
    ~SchemaApi() = default;  // Owned as an AdminApi.
};

}  // namespace rescuestream::cli
