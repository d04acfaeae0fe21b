#include "commands/key_value.hpp"

#include <ostream>
#include <string_view>
#include <utility>

#include "arguments.hpp"
#include "commands/field_shower.hpp"
#include "commands/key_show.hpp"
#include "fields/stream_key.hpp"
#include "output.hpp"
#include "qr.hpp"
#include "support/text.hpp"
#include "times.hpp"

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

constexpr std::string_view kPlaceholder = "KEY";

// Returns `text` with another word in place of the value.
std::string without_value(std::string text, const Secret& value, std::string_view word) {
    const std::string& secret = value.reveal();
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), word);
        at += word.size();
    }
    return text;
}

// `in_file`: the value is in a file, and not shown.
void show_to_person(const Program& program, const NewValue& made, Timestamp now, bool in_file) {
    const StreamKey& key = made.key;
    const EncoderAddresses& encoder = made.encoder;
    auto& out = program.host.out;
    // Text of a server must not move the cursor.
    const auto shown = [&](const std::string& text) {
        return escape_unprintable(in_file ? without_value(text, made.value, kPlaceholder) : text);
    };

    Details details;
    details.add("Id", key.id.to_string());
    if (!key.label.empty()) details.add("Label", key.label);
    details.add("Path", key.playback_path);
    const FieldShower show(details);
    fields::for_each_policy(
        [&](const Field& field, auto member) { show(field, key.policies.*member); });
    details.add("Expires", show_end(key, now));
    if (key.previous_value_expires_at) {
        details.add("Old value", "valid until " + show_time(*key.previous_value_expires_at, now));
    }
    details.print(program.host);

    // Not by Details, which masks key values.
    if (in_file) {
        out << "\nThe key value is in the file alone; below, " << kPlaceholder
            << " stands for it.\n";
    } else {
        out << "\nKey value (it is shown only once and stored nowhere):\n"
            << "  " << shown(made.value.reveal()) << "\n";
    }
    out << "\nPublish\n"
        << "  OBS     Settings > Stream > Service: Custom...\n"
        << "            Server      " << shown(encoder.obs_server) << "\n"
        << "            Stream Key  " << shown(encoder.obs_stream_key) << "\n"
        << "  RTMP    " << shown(encoder.rtmp) << "\n"
        << "  RTSP    " << shown(encoder.rtsp) << "\n"
        << "  SRT     " << shown(encoder.srt) << "\n"
        << "  WHIP    " << shown(encoder.whip) << "\n"
        << "            with the header  Authorization: Bearer " << shown(made.value.reveal())
        << "\n";
    if (!encoder.phone_page.empty()) {
        out << "  Phone   " << shown(encoder.phone_page) << "\n";
        if (encoder.phone_page.starts_with("http://")) {
            out << "            (browsers open a camera only by https, or on the same machine)\n";
        }
    }
    if (!encoder.legacy_rtmp.empty()) {
        out << "  Devices that can send only a path:\n"
            << "          " << shown(encoder.legacy_rtmp) << "\n"
            << "          or server " << shown(encoder.obs_server) << ", stream key "
            << shown(made.value.reveal()) << "\n";
    }
    // In a file, because every user of the machine can read the arguments of a program.
    out << "  ffmpeg  (umask 077; printf 'rtmp_playpath=%s\\n' "
        << shell_word(shown(encoder.obs_stream_key)) << " >key.ffpreset)\n"
        << "          ffmpeg -re -i INPUT -c:v libx264 -preset veryfast -tune zerolatency -c:a aac "
           "\\\n"
        << "            -fpre key.ffpreset -f flv " << shell_word(shown(encoder.obs_server)) << "\n"
        << "\nWatch\n";
    for (const auto& [name, address] : {std::pair{"Browser ", &made.viewer.page},
                                        {"HLS     ", &made.viewer.hls},
                                        {"WHEP    ", &made.viewer.webrtc},
                                        {"RTSP    ", &made.viewer.rtsp},
                                        {"SRT     ", &made.viewer.srt},
                                        {"RTMP    ", &made.viewer.rtmp}}) {
        if (!address->empty()) out << "  " << name << shown(*address) << "\n";
    }
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
        program.host.out << (file ? without_value(made.json, made.value, "sk_***") : made.json)
                         << '\n';
    } else if (program.options.quiet) {
        program.host.out << made.key.id.to_string() << '\n';
        // A key is useless without its value, which is never shown again.
        if (!file) {
            program.host.err << "Key value (it is shown only once): " << made.value.reveal()
                             << '\n';
        }
    } else {
        show_to_person(program, made, now, file.has_value());
    }
    if (!file) return {};
    return file->write(made.value.reveal() + "\n");
}

Result<void> check_qr(const Program& program, const std::string& qr) {
    if (qr.empty() || (!program.options.json && !program.options.quiet)) return {};
    return usage_error("--qr is for people: it cannot be given with --json or --quiet.");
}

Result<void> show_qr(const Program& program, const NewValue& made, const std::string& qr) {
    if (qr.empty()) return {};
    const bool is_page = qr == "whip";
    const std::string& address = is_page ? made.encoder.phone_page : made.encoder.rtmp;
    if (address.empty()) {
        return Error{ErrorCode::kUnsupported,
                     "The key was made. The server is too old to know the page for phones.",
                     "",
                     {}};
    }
    const auto code = qr_code(address, use_colour(program.host));
    if (!code) return code.error();
    program.host.out << '\n'
                     << (is_page ? "Open with the phone's browser:" : "Scan with the encoder:")
                     << "\n\n"
                     << *code;
    return {};
}

}  // namespace rescuestream::cli
