#pragma once

#include <optional>
#include <string>

#include "rescuestream/result.hpp"
#include "rescuestream/schema_status.hpp"

namespace rescuestream::cli {

struct SchemaReport {
    std::string storage;  ///< The address of the database, without a credential.
    SchemaStatus status;
};

/// The operations on the schema; see AdminApi.
class SchemaApi {
public:
    virtual ~SchemaApi() = default;

    /// Returns kUnsupported over HTTP: the schema is accessible only directly.
    virtual Result<SchemaReport> schema_status() = 0;
    virtual Result<SchemaReport> migrate(std::optional<int> target) = 0;
};

}  // namespace rescuestream::cli
