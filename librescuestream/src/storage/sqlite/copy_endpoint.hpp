#pragma once

#include <memory>
#include <string>

#include "rescuestream/result.hpp"
#include "storage/copy/endpoint.hpp"

namespace rescuestream::sqlite {

/// Opens an existing file. kNotFound: there is none.
Result<std::unique_ptr<copy::Endpoint>> open_copy_endpoint(const std::string& path, bool is_source);

}  // namespace rescuestream::sqlite
