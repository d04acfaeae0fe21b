#pragma once

#include <string>
#include <string_view>

namespace rescuestream::cli {

/// Returns a JSON text of this program as YAML 1.2 in block style. Every text is quoted, so that
/// none is read as a number, a date or a truth value. Precondition: `json` is valid.
std::string yaml_of(std::string_view json);

}  // namespace rescuestream::cli
