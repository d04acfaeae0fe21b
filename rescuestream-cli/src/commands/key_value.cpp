#include "commands/key_value.hpp"

#include <ostream>
#include <string_view>

#include "output.hpp"
#include "support/text.hpp"

namespace rescuestream::cli {
namespace {

// Returns a text as one word of a POSIX shell.
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

void show_to_person(const Program& program, const NewValue& made, Timestamp now) {
    const auto& [key, value, encoder, viewer, json] = made;
    auto& out = program.host.out;

    Details details;
    details.add("Id", key.id.to_string());
    if (!key.label.empty()) details.add("Label", key.label);
    details.add("Path", key.playback_path);
    details.add("Expires", key.expires_at ? show_time(key.expires_at, now) : "never");
    if (key.previous_value_expires_at) {
        details.add("Old value", "valid until " + show_time(*key.previous_value_expires_at, now));
    }
    details.print(program.host);

    // Not by Details, which masks key values. Text of a server must not move the cursor either.
    out << "\nKey value (it is shown only once and stored nowhere):\n"
        << "  " << escape_unprintable(value.reveal()) << "\n"
        << "\nPublish\n"
        << "  OBS     Settings > Stream > Service: Custom...\n"
        << "            Server      " << escape_unprintable(encoder.obs_server) << "\n"
        << "            Stream Key  " << escape_unprintable(encoder.obs_stream_key) << "\n"
        << "  RTMP    " << escape_unprintable(encoder.rtmp) << "\n"
        << "  RTSP    " << escape_unprintable(encoder.rtsp) << "\n"
        << "  SRT     " << escape_unprintable(encoder.srt) << "\n"
        << "  WHIP    " << escape_unprintable(encoder.whip) << "\n"
        << "            with the header  Authorization: Bearer "
        << escape_unprintable(value.reveal()) << "\n";
    if (!encoder.legacy_rtmp.empty()) {
        out << "  Devices that can send only a path:\n"
            << "          " << escape_unprintable(encoder.legacy_rtmp) << "\n";
    }
    // In a file, because every user of the machine can read the arguments of a program.
    out << "  ffmpeg  (umask 077; printf 'rtmp_playpath=%s\\n' "
        << shell_word(escape_unprintable(encoder.obs_stream_key)) << " >key.ffpreset)\n"
        << "          ffmpeg -re -i INPUT -c:v libx264 -preset veryfast -tune zerolatency -c:a aac "
           "\\\n"
        << "            -fpre key.ffpreset -f flv "
        << shell_word(escape_unprintable(encoder.obs_server)) << "\n"
        << "\nWatch\n";
    constexpr std::string_view kWhep = "whep";
    if (std::string_view page = viewer.webrtc; page.ends_with(kWhep)) {
        page.remove_suffix(kWhep.size());
        out << "  Browser " << escape_unprintable(page) << "\n";
    }
    out << "  HLS     " << escape_unprintable(viewer.hls) << "\n"
        << "  WebRTC  " << escape_unprintable(viewer.webrtc) << "\n"
        << "  RTSP    " << escape_unprintable(viewer.rtsp) << "\n";
}

}  // namespace

Result<std::optional<ReservedFile>> reserve_value_file(const std::string& path) {
    std::optional<ReservedFile> file;
    if (path.empty()) return file;
    auto reserved = ReservedFile::create(path, "--value-file");
    if (!reserved) return std::move(reserved).error();
    file.emplace(*std::move(reserved));
    return file;
}

Result<void> hand_over(const Program& program, const NewValue& made, Timestamp now,
                       std::optional<ReservedFile>& file) {
    if (program.options.json) {
        program.host.out << made.json << '\n';
    } else if (program.options.quiet) {
        program.host.out << made.key.id.to_string() << '\n';
        // A key is useless without its value, which is never shown again.
        if (!file) {
            program.host.err << "Key value (it is shown only once): " << made.value.reveal()
                             << '\n';
        }
    } else {
        show_to_person(program, made, now);
    }
    if (!file) return {};
    return file->write(made.value.reveal() + "\n");
}

}  // namespace rescuestream::cli
