#include "mediamtx/config_values.hpp"

#include <fmt/format.h>

#include "invalid.hpp"
#include "mediamtx/config.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

// Returns a word of a command. MediaMTX splits a command as a shell would and replaces $NAME in
// each word.
Result<std::string> command_word(std::string_view word) {
    if (word.find_first_of("'\"\\$\n\r") != std::string_view::npos) {
        return invalid(fmt::format(
            "MediaMTX cannot run a command with quotes, backslashes or $ in it: {}", word));
    }
    const bool plain = word.find_first_of(" \t&;|<>()*?[]{}!#~`") == std::string_view::npos;
    return plain ? std::string(word) : fmt::format("\"{}\"", word);
}

}  // namespace

std::string yaml_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += '\'';
    }
    return out + "'";
}

std::string auth_address(const MediaMtxConfig& config) {
    std::string address = config.server_origin;
    if (!config.media_secret.empty()) {
        const auto start = address.find("://") + 3;
        address.insert(start, "mediamtx:" + percent_encode(config.media_secret.reveal()) + "@");
    }
    return address + "/auth" + (config.node.empty() ? "" : "/" + config.node);
}

Result<std::string> hook_command(const MediaMtxConfig& config, std::string_view event) {
    std::string out;
    std::vector<std::string> words{config.hook_program, "hook", std::string(event), "--server",
                                   config.server_origin};
    if (!config.media_secret_file.empty()) {
        words.insert(words.end(), {"--media-secret-file", config.media_secret_file});
    }
    for (const auto& word : words) {
        auto quoted_word = command_word(word);
        if (!quoted_word) return quoted_word;
        out += (out.empty() ? "" : " ") + *quoted_word;
    }
    return out;
}

}  // namespace rescuestream::cli
