#pragma once

#include <memory>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Returns a storage on the database of `uri`, a connection URI of libpq. Connections are
/// established when they are needed, so a server that is down is not an error here. Does not
/// migrate. kInvalidArgument: libpq cannot read the URI.
Result<std::unique_ptr<Storage>> open_postgres_storage(std::string_view uri,
                                                       const StorageOptions& options);

}  // namespace rescuestream
