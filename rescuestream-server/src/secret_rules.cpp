#include "secret_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rescuestream::server {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongEnough = 16;

// The secret goes from one program into a file: nobody types it, so no shell keeps it in its
// history, and nothing shows it.
std::string how_to_make_one(std::string_view name) {
    return fmt::format(
        "(umask 077; echo \"{}=$(openssl rand -base64 32)\" >> FILE) writes a good one into FILE, "
        "the file with the environment that this program is started with",
        name);
}

// Of UTF-8: the bytes that begin one.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

}  // namespace

std::optional<std::string> check_secret(std::string_view name, const std::string& text) {
    if (text.find_first_of("\r\n") != std::string::npos) return "must be one line";
    if (text.find_first_not_of(" \t") == std::string::npos) {
        return "must not be blank: " + how_to_make_one(name);
    }
    if (characters(text) < kShortest) {
        return fmt::format("must have at least {} characters, a shorter one can be guessed: {}",
                           kShortest, how_to_make_one(name));
    }
    return std::nullopt;
}

std::vector<std::string> warnings_about_secrets(const Settings& settings) {
    const std::array<std::pair<std::string_view, const Secret*>, 3> secrets{
        {{"API_SECRET", &settings.api_secret},
         {"MEDIA_SECRET", &settings.media_secret},
         {"MEDIAMTX_API_PASSWORD", &settings.mediamtx_api_password}}};
    std::vector<std::string> warnings;
    for (const auto& [name, secret] : secrets) {
        if (secret->empty() || characters(secret->reveal()) >= kLongEnough) continue;
        warnings.push_back(
            fmt::format("{} has fewer than {} characters, who tries for long enough "
                        "finds it: {}",
                        name, kLongEnough, how_to_make_one(name)));
    }
    return warnings;
}

}  // namespace rescuestream::server
