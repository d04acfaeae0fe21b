#include "orchestrator/relays.hpp"

#include <utility>

#include "support/crypto.hpp"

namespace rescuestream {

Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path) {
    const auto digest = digest_key_value(secret_path);
    return Secret(
        base64url_encode(hmac_sha256(settings.relay_secret.reveal(), "relay " + to_hex(digest))));
}

// rtsp://relay:PASSWORD@127.0.0.1:8554/sk_…
std::string Relays::source_of(const std::string& secret_path) const {
    std::string source = settings_.relay_address + "/" + secret_path;
    source.insert(
        source.find("://") + 3,
        std::string(kRelayUser) + ":" + relay_password(settings_, secret_path).reveal() + "@");
    return source;
}

bool Relays::is_ours(const MediaPathEntry& entry) const {
    const auto slash = entry.source.rfind('/');
    const auto at = entry.source.find("://" + std::string(kRelayUser) + ":");
    return at != std::string::npos && slash != std::string::npos &&
           looks_like_key_value(entry.source.substr(slash + 1));
}

void Relays::add(const std::string& public_path, const std::string& secret_path) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    write(public_path, secret_path);
}

void Relays::remove(const std::string& public_path) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    if (!is_clean_) erase(public_path);
}

void Relays::match(const Wanted& wanted) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    if (wanted.empty() && is_clean_) return;
    const auto entries = media_server_.list_path_configs();
    if (!entries) return;  // the next poll asks again
    Wanted missing = wanted;
    bool found_any = false;
    for (const auto& entry : *entries) {
        if (!is_ours(entry)) continue;
        found_any = true;
        const auto found = missing.find(entry.name);
        if (found != missing.end() && entry.source == source_of(found->second)) {
            missing.erase(found);
        } else {
            erase(entry.name);
        }
    }
    is_clean_ = wanted.empty() && !found_any;
    for (const auto& [public_path, secret_path] : missing) write(public_path, secret_path);
}

void Relays::write(const std::string& public_path, const std::string& secret_path) {
    is_clean_ = false;
    MediaPathConfig config;
    config.source = source_of(secret_path);
    auto written = media_server_.add_path_config(public_path, config);
    if (!written && written.error().code == ErrorCode::kConflict) {
        return;  // another program of ours was quicker, or it is somebody's own: match finds out
    }
    if (!written) {
        logger_.warning("a device's public path cannot be offered yet",
                        {{"path", public_path}, {"error", written.error().message}});
    }
}

void Relays::erase(const std::string& public_path) {
    const auto erased = media_server_.delete_path_config(public_path);
    if (!erased && erased.error().code != ErrorCode::kNotFound) {
        logger_.warning("a device's public path cannot be taken back yet",
                        {{"path", public_path}, {"error", erased.error().message}});
    }
}

}  // namespace rescuestream
