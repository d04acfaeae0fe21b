#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

/// Entity tags (RFC 9110 section 8.8.3) of records that can be changed: `"VERSION"` in the response
/// to a change, `"VERSION.BODY"` in the response to a GET, where BODY identifies the bytes of the
/// body. If-Match compares the versions only, so that what the service itself notes about a record
/// (when a key was last used) refuses no change.
namespace rescuestream::server {

/// Returns the tag of a body. `version` may be empty: the body shows no single record.
std::string entity_tag(std::string_view version, std::string_view body);

/// Sets the header ETag of a response that shows a record, or that has changed one. What carries
/// the response to a GET completes it.
HttpResponse with_version(HttpResponse response, const std::string& version);

/// Removes the header ETag that `with_version` has set, and returns its version; "" without one.
std::string take_version(HttpResponse& response);

/// Returns whether the caller has what `tag` identifies already (If-None-Match).
bool has_tag(const HttpRequest& request, const std::string& tag);

/// Returns the response to a GET with the ETag `tag`, or 304 without a body if the caller has it.
HttpResponse tagged_answer(const HttpRequest& request, HttpResponse response,
                           const std::string& tag);

/// Returns the versions that If-Match names; none for `*` and without the header. Empty: the header
/// is malformed, or was sent twice. A weak tag counts as the strong one: a proxy that compresses
/// responses makes them weak, and the version is the same.
std::optional<std::vector<std::string>> versions_of_if_match(const HttpRequest& request);

}  // namespace rescuestream::server
