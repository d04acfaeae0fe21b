#pragma once

#include <string_view>

namespace rescuestream {

/// True for a numeric IPv4 or IPv6 address without brackets and zone. False for a name, whatever it
/// resolves to.
bool is_ip_address(std::string_view text) noexcept;

/// True for a numeric address that only this machine can reach: 127.0.0.0/8, ::1, and the first as
/// ::ffff:127.0.0.0/104. "localhost" and "127.example.org" are names.
bool is_loopback_address(std::string_view text) noexcept;

/// Returns "192.0.2.1" for "::ffff:192.0.2.1", the form that an IPv4 client of an IPv6 socket has,
/// and any other text unchanged. The result is a part of `text`.
std::string_view without_mapping(std::string_view text) noexcept;

}  // namespace rescuestream
