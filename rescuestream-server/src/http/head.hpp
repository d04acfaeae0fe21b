#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// Returns `text` without the optional white space around it (RFC 9110, section 5.6.3).
std::string_view trimmed(std::string_view text) noexcept;

/// What the head of a request says about its body and its connection.
struct Framing {
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    /// The client asks for the connection to be closed after the response.
    bool close = false;
    /// An HTTP/1.0 client asks for a persistent connection; the response must say whether it gets
    /// one.
    bool keep_alive = false;
    bool expects_continue = false;  ///< The client sends its body only after a 100 (Continue).
};

/// Request line and headers, parsed strictly: whatever two programs could understand in two ways is
/// refused, because a proxy in front may understand it in the other way.
struct Head {
    HttpRequest request;
    Framing framing;
};

/// Why a head was refused.
struct HeadProblem {
    int status = 400;
    std::string_view why;  ///< One full sentence.
};

/// Reads from the headers of a request what they say about its body and its connection. Returns
/// false, with the reason in `problem`, when two programs could read them in two ways. `http_1_0`:
/// the request is of HTTP/1.0. Source: RFC 9112 section 6.
bool read_framing(const HttpRequest& request, bool http_1_0, Framing& framing,
                  HeadProblem& problem);

/// Parses a head; `raw` must end with the empty line. Returns nothing, with the reason in
/// `problem`, when the head is malformed. Source: RFC 9112 sections 3, 5 and 6.
std::optional<Head> parse_head(std::string_view raw, HeadProblem& problem);

}  // namespace rescuestream::server
