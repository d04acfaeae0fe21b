#pragma once

#include <string>
#include <string_view>

#include "rescuestream/members.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream {

/// Addresses at which encoders and viewers reach a media server. Their schemes and help texts are
/// in the table of src/fields/addresses.hpp.
template <template <class> class As>
struct AddressMembers {
    As<std::string> webrtc;
    As<std::string> hls;
    As<std::string> rtsp;
    As<std::string> rtmp;
    As<std::string> srt;

    bool operator==(const AddressMembers&) const = default;
};

/// All addresses of a media server.
struct PublicAddresses : AddressMembers<AsValue> {
    /// Those of MediaMTX on this machine, at its default ports.
    PublicAddresses();

    bool operator==(const PublicAddresses&) const = default;
};

/// A change of some of them. If `webrtc` is given, the addresses that are not given are derived
/// from it.
struct AddressPatch : AddressMembers<AsChange> {
    /// Whether it changes nothing.
    bool empty() const { return *this == AddressPatch{}; }
    bool operator==(const AddressPatch&) const = default;
};

/// Returns addresses of which `webrtc` is `webrtc_url`, and the others have its host and MediaMTX's
/// default ports. kInvalidArgument: `webrtc_url` is not an http or https URL.
Result<PublicAddresses> derive_public_addresses(std::string_view webrtc_url);

/// Where a stream can be watched.
struct ViewerAddresses {
    std::string hls;
    std::string webrtc;  ///< WHEP, for players.
    std::string rtsp;
    std::string rtmp;
    std::string srt;
    std::string page;  ///< MediaMTX's page with a player, for browsers.

    bool operator==(const ViewerAddresses&) const = default;
};

/// What a person enters into an encoder. The texts contain the key value.
struct EncoderAddresses {
    std::string obs_server;      ///< OBS: Settings, Stream, "Server".
    std::string obs_stream_key;  ///< OBS: Settings, Stream, "Stream Key".
    std::string rtmp;
    std::string rtsp;
    std::string srt;
    std::string whip;         ///< Needs `Authorization: Bearer <key value>`.
    std::string phone_page;   ///< MediaMTX's page that publishes a camera, for browsers.
    std::string legacy_rtmp;  ///< For devices that can only send a path; empty if denied.
};

}  // namespace rescuestream
