#include "orchestrator/relays.hpp"

#include <algorithm>
#include <utility>

#include "rescuestream/logger.hpp"
#include "support/crypto.hpp"

namespace rescuestream {

Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path) {
    const auto digest = digest_key_value(secret_path);
    return Secret(
        base64url_encode(hmac_sha256(settings.relay_secret.reveal(), "relay " + to_hex(digest))));
}

// rtsp://relay:PASSWORD@127.0.0.1:8554/sk_…, or …/live/sk_…
std::string Relays::source_of(const std::string& secret_path) const {
    std::string source = settings_.relay_address + "/" + secret_path;
    source.insert(
        source.find("://") + 3,
        std::string(kRelayUser) + ":" + relay_password(settings_, secret_path).reveal() + "@");
    return source;
}

namespace {

// "rtsp://relay:PASSWORD@127.0.0.1:8554/live/sk_…" → "live/sk_…"
std::string_view path_of_source(std::string_view source) {
    const auto scheme = source.find("://");
    if (scheme == std::string_view::npos) return {};
    const auto slash = source.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view{} : source.substr(slash + 1);
}

// Returns true for an entry that a program of this installation added.
bool is_ours(const MediaPathEntry& entry) {
    if (is_reserved_path_name(entry.name)) return false;
    const auto at = entry.source.find("://" + std::string(kRelayUser) + ":");
    return at != std::string::npos && !key_value_of_path(path_of_source(entry.source)).empty();
}

}  // namespace

RelayPlan plan_relays(const std::map<std::string, WantedRelay>& wanted,
                      const std::vector<MediaPathEntry>& entries, bool is_recorded,
                      const std::map<std::string, int>& without_picture) {
    RelayPlan plan;
    if (is_recorded) {
        for (const auto& [public_path, relay] : wanted) {
            if (relay.is_ready) continue;
            const auto before = without_picture.find(public_path);
            plan.without_picture[public_path] =
                before == without_picture.end() ? 1 : before->second + 1;
        }
    }
    std::set<std::string> good;
    bool has_entry = false;
    bool has_bare_entry = false;
    for (const auto& entry : entries) {
        if (entry.name == kSecretPathsEntry) has_entry = true;
        if (entry.name == kBareSecretPathsEntry) has_bare_entry = true;
        if (!is_ours(entry)) continue;
        plan.own.insert(entry.name);
        const auto found = wanted.find(entry.name);
        const auto rounds = plan.without_picture.find(entry.name);
        // A pull that has lost its source retries only after 5 s; a new entry pulls at once.
        const bool is_stuck = rounds != plan.without_picture.end() && rounds->second >= 2;
        if (found != wanted.end() && entry.source == found->second.source &&
            entry.source_on_demand != is_recorded && !is_stuck) {
            good.insert(entry.name);
        } else {
            plan.erase.push_back(entry.name);
        }
    }
    const bool all_are_bare = std::all_of(wanted.begin(), wanted.end(), [](const auto& relay) {
        return looks_like_key_value(path_of_source(relay.second.source));
    });
    plan.has_secret_entry = has_entry || (has_bare_entry && all_are_bare);
    for (const auto& [public_path, relay] : wanted) {
        if (!good.contains(public_path)) plan.add.push_back(public_path);
    }
    return plan;
}

void Relays::add(const std::string& public_path, const std::string& secret_path) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    learn_recording();
    write(public_path, secret_path);
}

void Relays::remove(const std::string& public_path) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    // An entry of that name may come from MediaMTX's file and have prevented the relay's entry.
    if (own_.contains(public_path)) erase(public_path);
}

void Relays::match(const Wanted& wanted) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    if (wanted.empty() && is_clean_) return;
    const auto entries = media_server_.list_path_configs();
    if (!entries) return;  // the next poll asks again
    if (!wanted.empty()) learn_recording();
    std::map<std::string, WantedRelay> known;
    for (const auto& [public_path, relay] : wanted) {
        known.emplace(public_path, WantedRelay{source_of(relay.secret_path), relay.is_ready});
    }
    RelayPlan plan = plan_relays(known, *entries, is_recorded(), without_picture_);
    // An edit of MediaMTX's file may have replaced the relay's entry.
    own_ = plan.own;
    without_picture_ = std::move(plan.without_picture);
    is_clean_ = wanted.empty() && plan.own.empty();
    for (const auto& public_path : plan.erase) erase(public_path);
    for (const auto& public_path : plan.add) write(public_path, wanted.at(public_path).secret_path);
    if (is_recorded() && !wanted.empty() && !plan.has_secret_entry &&
        !std::exchange(has_told_of_secret_recordings_, true)) {
        logger_.warning(
            "MediaMTX also records devices that publish with their key value as the path under "
            "that secret path: add to its file the path entry that `rescuestream-cli mediamtx "
            "config "
            "--record` writes",
            {{"entry", std::string(kSecretPathsEntry) + ": {record: no}"}});
    }
}

void Relays::learn_recording() {
    auto found = media_server_.default_recording();
    if (found) recording_ = *std::move(found);
}

void Relays::write(const std::string& public_path, const std::string& secret_path) {
    if (is_reserved_path_name(public_path)) {
        if (told_of_.insert(public_path).second) {
            logger_.warning(
                "a device's public path applies to the paths of everybody in MediaMTX's "
                "configuration: its stream is not available there; create another stream key",
                {{"path", public_path}});
        }
        return;
    }
    is_clean_ = false;
    MediaPathConfig config;
    config.source = source_of(secret_path);
    config.source_on_demand = !is_recorded();
    config.recording = recording_;
    without_picture_.erase(public_path);
    auto written = media_server_.add_path_config(public_path, config);
    if (!written && written.error().code == ErrorCode::kConflict) {
        return;  // another program added it first, or it is in MediaMTX's file: `match` finds out
    }
    if (!written) {
        logger_.warning("the path entry for a device's public path cannot be added yet",
                        {{"path", public_path}, {"error", written.error().message}});
        return;
    }
    own_.insert(public_path);
}

void Relays::erase(const std::string& public_path) {
    const auto erased = media_server_.delete_path_config(public_path);
    if (!erased && erased.error().code != ErrorCode::kNotFound) {
        logger_.warning("the path entry for a device's public path cannot be deleted yet",
                        {{"path", public_path}, {"error", erased.error().message}});
        return;
    }
    own_.erase(public_path);
}

}  // namespace rescuestream
