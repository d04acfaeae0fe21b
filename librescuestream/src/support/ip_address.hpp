#pragma once

#include <string_view>

namespace rescuestream {

/// True for a numeric IPv4 or IPv6 address without brackets and zone. False for a name, whatever it
/// resolves to.
bool is_ip_address(std::string_view text) noexcept;

/// True for a numeric address that only this machine can reach: 127.0.0.0/8, ::1, and the first as
/// ::ffff:127.0.0.0/104. "localhost" and "127.example.org" are names.
bool is_loopback_address(std::string_view text) noexcept;

}  // namespace rescuestream
