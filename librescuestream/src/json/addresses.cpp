#include "json/record_io.hpp"
#include "json/records.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeViewer = [](auto& io, auto& addresses) {
    io.later("hls", addresses.hls);
    io.later("webrtc", addresses.webrtc);
    io.later("rtsp", addresses.rtsp);
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
    io.optional("rtmp_path_only", encoder.legacy_rtmp);
};

}  // namespace

std::string to_json(const ViewerAddresses& addresses) {
    return json::write_record(addresses, kDescribeViewer);
}

std::string json::write_encoder_addresses(const EncoderAddresses& encoder) {
    return write_record(encoder, kDescribeEncoder);
}

ViewerAddresses json::read_viewer_addresses(const rapidjson::Value& json) {
    return read_record<ViewerAddresses>(json, kDescribeViewer);
}

EncoderAddresses json::read_encoder_addresses(const rapidjson::Value& json) {
    return read_record<EncoderAddresses>(json, kDescribeEncoder);
}

}  // namespace rescuestream
