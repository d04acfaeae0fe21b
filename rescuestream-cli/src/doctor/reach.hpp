#pragma once

#include <chrono>
#include <cstdint>
#include <string>

/// Whether a port answers. Nothing is asked for that could be refused or counted.
namespace rescuestream::cli::doctor {

/// Connects by TCP and closes the connection. Returns the rest of a sentence that begins "… "
/// ("does not resolve"); empty: it answers.
std::string tcp_trouble(const std::string& host, std::uint16_t port,
                        std::chrono::milliseconds within);
/// Sends the first packet of SRT's handshake, to which a listener answers without keeping anything
/// (draft-sharabayko-srt-01, section 4.3.1.1), at most twice. The same result.
std::string srt_trouble(const std::string& host, std::uint16_t port,
                        std::chrono::milliseconds within);

}  // namespace rescuestream::cli::doctor
