#pragma once

#include <memory>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Opens the database file `path`, and creates it (readable only by its owner) if it does not
/// exist. Does not migrate. Errors name the path. kUnavailable: it is a directory, permission is
/// missing, or it is not a database. kStorageFull: there is no space for the files that SQLite
/// keeps beside it.
Result<std::unique_ptr<Storage>> open_sqlite_storage(std::string_view path,
                                                     const StorageOptions& options);

}  // namespace rescuestream
