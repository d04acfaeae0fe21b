#pragma once

#include <string_view>

#include "rescuestream/addresses.hpp"
#include "rescuestream/settings.hpp"

namespace rescuestream {

ViewerAddresses make_viewer_addresses(const PublicAddresses& base, std::string_view path);

EncoderAddresses make_encoder_addresses(const PublicAddresses& base, LegacyPathKeys legacy,
                                        std::string_view path, const Secret& value);

}  // namespace rescuestream
