#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "json/body_reader.hpp"

namespace rescuestream::server {

using json::BodyReader;

/// For routes whose members are all optional: returns the body, or `{}` when there is none.
const std::string& body_or_empty_object(const HttpRequest& request);

/// For routes that take no members: only an empty body or `{}` is accepted.
std::optional<Error> check_no_members(const HttpRequest& request);

}  // namespace rescuestream::server
