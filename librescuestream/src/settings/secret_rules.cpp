#include "settings/secret_rules.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "settings/settings.hpp"
#include "support/ip_address.hpp"
#include "support/text.hpp"

namespace rescuestream::settings {
namespace {

constexpr std::size_t kShortest = 8;
constexpr std::size_t kLongEnough = 16;

// The secret goes from one program directly into a file: it is not typed, so no shell keeps it in
// its history, and it is not shown.
std::string how_to_make_one(std::string_view name) {
    return fmt::format(
        "(umask 077; echo \"{}=$(openssl rand -base64 32)\" >> FILE) writes a good one into FILE, "
        "the file with the environment that this program is started with",
        name);
}

bool is_local(const std::string& host) {
    return host == "localhost" || host.starts_with("unix:") || is_loopback_address(host);
}

}  // namespace

std::optional<std::string> check_secret(std::string_view name, const std::string& text) {
    if (text.find_first_of("\r\n") != std::string::npos) return "must be one line";
    if (text.find_first_not_of(" \t") == std::string::npos) {
        return "must not be blank: " + how_to_make_one(name);
    }
    if (count_characters(text) < kShortest) {
        return fmt::format("must have at least {} characters, a shorter one can be guessed: {}",
                           kShortest, how_to_make_one(name));
    }
    return std::nullopt;
}

std::vector<std::string> warnings_about_secrets(const Settings& settings) {
    const std::array<std::pair<std::string_view, const Secret*>, 3> secrets{
        {{"API_SECRET", &settings.api_secret},
         {"MEDIA_SECRET", &settings.media_secret},
         {"MEDIAMTX_API_PASSWORD", &settings.orchestrator.api_password}}};
    std::vector<std::string> warnings;
    for (const auto& [name, secret] : secrets) {
        if (secret->empty() || count_characters(secret->reveal()) >= kLongEnough) continue;
        warnings.push_back(
            fmt::format("{} has fewer than {} characters, so it can be found by trying: {}", name,
                        kLongEnough, how_to_make_one(name)));
    }
    for (const auto& [name, secret] : secrets) {
        const std::string& text = secret->reveal();
        if (text.size() < 2 || text.front() != text.back()) continue;
        if (text.front() != '"' && text.front() != '\'') continue;
        warnings.push_back(
            fmt::format("{} begins and ends with a quote, which counts as a part of it: some "
                        "programs, for example `docker run --env-file`, leave quotes in place",
                        name));
    }
    const std::string& api = settings.api_secret.reveal();
    if (!api.empty() && (is_blank(api.substr(0, 1)) || is_blank(api.substr(api.size() - 1)))) {
        warnings.push_back(
            "API_SECRET begins or ends with a blank, which is lost in a header: callers can sign "
            "with it and cannot send it as X-API-Key");
    }
    return warnings;
}

std::optional<std::string> warning_about_media_callers(const Settings& settings) {
    const ListenPlace& media = settings.media_listen;
    const bool is_reachable =
        !is_local(settings.api_host) || (!media.host.empty() && !is_local(media.host));
    const bool is_open = settings.media_secret.empty() && !settings.media_allow.empty();
    if (!is_reachable || !is_open) return std::nullopt;
    return "MEDIA_ALLOW lets every program of private networks (or what it names) ask /auth and "
           "send hooks without a credential: write the configuration of each MediaMTX on another "
           "machine with `rescuestream-cli mediamtx config`, which adds a credential, and set "
           "MEDIA_ALLOW=none";
}

}  // namespace rescuestream::settings
