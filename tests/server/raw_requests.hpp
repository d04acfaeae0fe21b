#pragma once

#include <fmt/format.h>

#include <string>

namespace rescuestream::server::testing {

// Requests as bytes, for a RawClient. `more`: whole header lines.

inline std::string get(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body,
                        const std::string& more = "") {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{}"
        "\r\n{}",
        target, body.size(), more, body);
}

}  // namespace rescuestream::server::testing
