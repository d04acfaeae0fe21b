#include "mediamtx/local_publisher.hpp"

#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace rescuestream::cli {
namespace {

// Returns the words of a command; quotes hold words together.
std::vector<std::string> command_words(std::string_view command) {
    std::vector<std::string> words(1);
    char quote = 0;
    for (const char c : command) {
        if (quote == 0 && (c == '\'' || c == '"')) {
            quote = c;
        } else if (c == quote) {
            quote = 0;
        } else if (quote == 0 && std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (!words.back().empty()) words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    // A command of a shell is one word to MediaMTX.
    std::vector<std::string> all;
    for (const auto& word : words) {
        if (word.find(' ') == std::string::npos) {
            all.push_back(word);
        } else {
            const auto inner = command_words(word);
            all.insert(all.end(), inner.begin(), inner.end());
        }
    }
    return all;
}

bool is_local_address(std::string_view word) {
    const auto scheme_end = word.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const auto scheme = word.substr(0, scheme_end);
    bool is_media = false;
    for (const std::string_view known :
         {"rtsp", "rtsps", "rtmp", "rtmps", "srt", "http", "https", "whip", "whips"}) {
        is_media |= scheme == known;
    }
    if (!is_media) return false;
    // Other requests over HTTP only tell somebody something.
    if (scheme.starts_with("http") && word.find("/whip") == std::string_view::npos) return false;
    auto host = word.substr(scheme_end + 3);
    host = host.substr(0, host.find('/'));
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host = host.substr(at + 1);
    return host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]") ||
           host.starts_with("0.0.0.0");
}

// What SRT and WHIP addresses ask for stands in them.
bool asks_to_read(std::string_view address) {
    return address.find("streamid=read:") != std::string_view::npos ||
           address.find("/whep") != std::string_view::npos ||
           address.find(".m3u8") != std::string_view::npos;
}

}  // namespace

bool publishes_locally(std::string_view command) {
    constexpr std::string_view kLocation = "location=";
    std::string previous;
    for (const auto& word : command_words(command)) {
        std::string_view address = word;
        const bool is_location = address.starts_with(kLocation);
        if (is_location) address.remove_prefix(kLocation.size());
        const bool is_input = is_location ? previous.ends_with("src") : previous == "-i";
        if (!is_input && is_local_address(address) && !asks_to_read(address)) return true;
        previous = word;
    }
    return false;
}

}  // namespace rescuestream::cli
