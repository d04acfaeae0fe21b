#pragma once

#include <memory>
#include <string_view>

#include "rescuestream/result.hpp"
#include "storage/copy/endpoint.hpp"

namespace rescuestream::copy {

/// Opens the database that `uri` names; an SQLite file must exist. kInvalidArgument: `uri` cannot
/// be read. kUnsupported: it names a database in memory. kNotFound: no file. kUnavailable, and what
/// else a connection may fail with. `is_source`: it will only be read.
Result<std::unique_ptr<Endpoint>> open_endpoint(std::string_view uri, bool is_source);

}  // namespace rescuestream::copy
