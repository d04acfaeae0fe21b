#include "commands/key_created.hpp"

#include <ostream>
#include <string_view>

#include "output.hpp"

namespace rescuestream::cli {
namespace {

// A text as one word of a POSIX shell.
std::string shell_word(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

}  // namespace

void show_created_key(const Program& program, const CreatedKey& created, Timestamp now) {
    const auto& [key, value] = created.created;
    const auto& encoder = created.encoder;
    auto& out = program.host.out;

    Details details;
    details.add("Id", key.id.to_string());
    if (!key.label.empty()) details.add("Label", key.label);
    details.add("Path", key.playback_path);
    details.add("Expires", key.expires_at ? show_time(key.expires_at, now) : "never");
    details.print(program.host);

    // Not through Details, which masks key values.
    out << "\nKey value, shown this once and stored nowhere:\n"
        << "  " << value.reveal() << "\n"
        << "\nPublish\n"
        << "  OBS     Settings > Stream > Service: Custom...\n"
        << "            Server      " << encoder.obs_server << "\n"
        << "            Stream Key  " << encoder.obs_stream_key << "\n"
        << "  RTMP    " << encoder.rtmp << "\n"
        << "  RTSP    " << encoder.rtsp << "\n"
        << "  SRT     " << encoder.srt << "\n"
        << "  WHIP    " << encoder.whip << "\n"
        << "            with the header  Authorization: Bearer " << value.reveal() << "\n";
    if (!encoder.legacy_rtmp.empty()) {
        out << "  Devices that can send nothing but a path (viewers then see the key):\n"
            << "          " << encoder.legacy_rtmp << "\n";
    }
    out << "  ffmpeg  ffmpeg -re -i INPUT -c:v libx264 -preset veryfast -tune zerolatency -c:a aac "
           "\\\n"
        << "            -f flv " << shell_word(encoder.rtmp) << "\n"
        << "\nWatch\n";
    constexpr std::string_view kWhep = "whep";
    if (std::string_view page = created.viewer.webrtc; page.ends_with(kWhep)) {
        page.remove_suffix(kWhep.size());
        out << "  Browser " << page << "\n";
    }
    out << "  HLS     " << created.viewer.hls << "\n"
        << "  WebRTC  " << created.viewer.webrtc << "\n"
        << "  RTSP    " << created.viewer.rtsp << "\n";
}

}  // namespace rescuestream::cli
