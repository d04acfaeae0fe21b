#pragma once

#include <string_view>

#include "rescuestream/addresses.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {

ViewerAddresses make_viewer_addresses(const PublicAddresses& base, std::string_view path);

/// Returns the addresses with a playback token in each. An SRT address that would be longer than a
/// player may send (512 characters of stream id) is empty.
ViewerAddresses with_token(ViewerAddresses addresses, std::string_view path,
                           const PublicAddresses& base, const Secret& token);

EncoderAddresses make_encoder_addresses(const PublicAddresses& base, LegacyPathKeys legacy,
                                        std::string_view path, const Secret& value);

}  // namespace rescuestream
