#include "fields/addresses_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/addresses_json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeViewer = [](auto& io, auto& addresses) {
    io.later("hls", addresses.hls);
    io.later("webrtc", addresses.webrtc);
    io.later("rtsp", addresses.rtsp);
    io.later("rtmp", addresses.rtmp);
    io.later("srt", addresses.srt);
    io.later("page", addresses.page);
};

constexpr auto kDescribeEncoder = [](auto& io, auto& encoder) {
    io.object("obs", [&](auto& obs) {
        obs.required("server", encoder.obs_server);
        obs.required("stream_key", encoder.obs_stream_key);
    });
    io.required("rtmp", encoder.rtmp);
    io.required("rtsp", encoder.rtsp);
    io.required("srt", encoder.srt);
    io.required("whip", encoder.whip);
    io.later("phone_page", encoder.phone_page);
    io.optional("rtmp_path_only", encoder.legacy_rtmp);
};

}  // namespace

std::string to_json(const ViewerAddresses& addresses) {
    return json::write_record(addresses, kDescribeViewer);
}

std::string fields::write_encoder_addresses(const EncoderAddresses& encoder) {
    return json::write_record(encoder, kDescribeEncoder);
}

ViewerAddresses fields::read_viewer_addresses(const rapidjson::Value& json) {
    return json::read_record<ViewerAddresses>(json, kDescribeViewer);
}

EncoderAddresses fields::read_encoder_addresses(const rapidjson::Value& json) {
    return json::read_record<EncoderAddresses>(json, kDescribeEncoder);
}

}  // namespace rescuestream
