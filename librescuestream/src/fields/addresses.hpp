#pragma once

#include <utility>

#include "fields/field.hpp"
#include "rescuestream/addresses.hpp"

/// The table of the addresses of a media server.
namespace rescuestream::fields {

template <class T>
concept AddressHolder = requires(T& holder) {
    holder.webrtc, holder.srt;
};

inline constexpr Field public_address(const char* name, const char* option, const char* title,
                                      const char* scheme, const char* help) {
    return {.name = name,
            .option = option,
            .title = title,
            .help = help,
            .max = 1'024,
            .text = TextRule::kPublicAddress,
            .scheme = scheme};
}

/// Calls `visit(field, member of first, member of second)` for each address.
template <AddressHolder First, AddressHolder Second, class Visit>
void for_each_pair(First& first, Second& second, Visit&& visit) {
    visit(public_address("webrtc", "--webrtc", "WebRTC", "http",
                         "WebRTC address as viewers reach it; the other addresses follow from it"),
          first.webrtc, second.webrtc);
    visit(public_address("hls", "--hls", "HLS", "http", "HLS address as viewers reach it"),
          first.hls, second.hls);
    visit(public_address("rtsp", "--rtsp", "RTSP", "rtsp",
                         "RTSP address as encoders and viewers reach it"),
          first.rtsp, second.rtsp);
    visit(public_address("rtmp", "--rtmp", "RTMP", "rtmp", "RTMP address as encoders reach it"),
          first.rtmp, second.rtmp);
    visit(public_address("srt", "--srt", "SRT", "srt", "SRT address as encoders reach it"),
          first.srt, second.srt);
}

/// Calls `visit(field, member)` for each address.
template <AddressHolder Holder, class Visit>
void for_each_field(Holder& addresses, Visit&& visit) {
    for_each_pair(addresses, addresses,
                  [&](const Field& field, auto& member, auto&) { visit(field, member); });
}

/// Returns `addresses` after `patch`. An address that is not valid is contained as it was given,
/// and nothing is derived from it.
PublicAddresses changed_addresses(PublicAddresses addresses, const AddressPatch& patch);

}  // namespace rescuestream::fields
