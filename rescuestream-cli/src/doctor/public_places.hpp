#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"

namespace rescuestream::cli::doctor {

/// One of the addresses of a node for encoders and viewers.
struct PublicPlace {
    const char* service = "";  ///< MediaMTX's name: "webrtc"
    const char* setting = "";  ///< "MEDIAMTX_PUBLIC_URL"
    const char* option = "";   ///< Of `node edit`: "--webrtc"
    std::string url;
    std::string scheme;
    std::string host;
    std::uint16_t port = 0;

    /// Whether only the machine itself can use it.
    bool is_of_this_machine() const;
};

/// Returns those that can be read; a wrong one is an error of the settings.
std::vector<PublicPlace> public_places(const PublicAddresses& addresses);

}  // namespace rescuestream::cli::doctor
