#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// The bytes of a response: `text`, then `shared_body` if it is not null.
struct ResponseBytes {
    std::string text;
    SharedBody shared_body;

    std::size_t size() const noexcept {
        return text.size() + (shared_body ? shared_body->size() : 0);
    }
    /// Returns bytes from `at` on, as many as are adjacent in memory. Precondition: `at < size()`.
    std::string_view rest(std::size_t at) const noexcept {
        if (at < text.size()) return std::string_view(text).substr(at);
        return std::string_view(*shared_body).substr(at - text.size());
    }
    /// Returns the memory that they take up. A shared body counts completely, because others may
    /// have released it.
    std::size_t memory() const noexcept { return text.capacity() + size() - text.size(); }
};

/// Returns the bytes of an HTTP/1.1 response. With `for_head` the body is left out, but its length
/// is stated. With `closes` the response says that the connection is closed after it. A header that
/// is not a single valid line is left out. Source: RFC 9112 sections 4 and 6, RFC 9110 section
/// 6.6.1 (Date).
ResponseBytes write_response(const HttpResponse& response, bool for_head, bool closes);

}  // namespace rescuestream::server
