#pragma once

#include <string>

namespace rescuestream::server::testing {

struct Reply;

/// Fails the running test if openapi.yaml does not describe the answer that `method` of `path`
/// (percent-encoded) got: its status, its media type, and every member of its body. Answers to a
/// path or method without a route are not examined. May be called from any thread.
void expect_documented(const std::string& method, const std::string& path, const Reply& reply);

}  // namespace rescuestream::server::testing
