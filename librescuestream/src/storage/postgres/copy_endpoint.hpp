#pragma once

#include <memory>
#include <string_view>

#include "rescuestream/result.hpp"
#include "storage/copy/endpoint.hpp"

namespace rescuestream::postgres {

/// Connects to the database that `uri` names.
Result<std::unique_ptr<copy::Endpoint>> open_copy_endpoint(std::string_view uri);

}  // namespace rescuestream::postgres
