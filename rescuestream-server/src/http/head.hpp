#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// `text` without the optional white space around it (RFC 9110, section 5.6.3).
std::string_view trimmed(std::string_view text) noexcept;

/// What the head of a request says about its body and its connection.
struct Framing {
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool close = false;       ///< The caller wants the connection to end after the answer.
    bool keep_alive = false;  ///< It must be told that it does not: an HTTP/1.0 client asks for it.
    bool expects_continue = false;  ///< Sends its body only when it is told to.
};

/// Request line and headers, read strictly: whatever two programs could understand in two ways is
/// refused, since a proxy in front may understand it in the other way.
struct Head {
    HttpRequest request;
    Framing framing;
};

/// Why a head was refused.
struct HeadProblem {
    int status = 400;
    std::string_view why;  ///< One sentence.
};

/// Reads from the headers of a request what they say about its body and its connection. Returns
/// false, with the reason in `problem`, when two programs could read them in two ways. `http_1_0`:
/// the request is of HTTP/1.0. Source: RFC 9112 section 6.
bool read_framing(const HttpRequest& request, bool http_1_0, Framing& framing,
                  HeadProblem& problem);

/// `raw` ends with the empty line. Empty, with the reason in `problem`, when it is malformed.
/// Source: RFC 9112 sections 3, 5 and 6.
std::optional<Head> parse_head(std::string_view raw, HeadProblem& problem);

}  // namespace rescuestream::server
