#pragma once

#include <memory>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {

/// Opens the database file `path`, which is made (readable by its owner alone) if it is not there.
/// Does not migrate. Errors name the path. kUnavailable: a directory, no permission, not a
/// database; kStorageFull: no room for the files that SQLite keeps beside it.
Result<std::unique_ptr<Storage>> open_sqlite_storage(std::string_view path,
                                                     const StorageOptions& options);

}  // namespace rescuestream
