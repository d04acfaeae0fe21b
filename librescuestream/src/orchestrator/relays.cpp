#include "orchestrator/relays.hpp"

#include <utility>

#include "rescuestream/logger.hpp"
#include "support/crypto.hpp"

namespace rescuestream {
namespace {

// A relay that pulls permanently delivers after a moment; MediaMTX tries again every 5 s.
constexpr int kRoundsUntilTold = 10;

}  // namespace

Secret relay_password(const OrchestratorSettings& settings, std::string_view secret_path) {
    const auto digest = digest_key_value(secret_path);
    return Secret(
        base64url_encode(hmac_sha256(settings.relay_secret.reveal(), "relay " + to_hex(digest))));
}

bool is_relay_credential(const OrchestratorSettings& settings, std::string_view secret_path,
                         std::string_view user, const Secret& password) {
    return (user == kRelayUser || user == kBorrowingRelayUser) &&
           relay_password(settings, secret_path).equals(password.reveal());
}

// rtsp://relay:PASSWORD@127.0.0.1:8554/sk_…, or …/live/sk_…
std::string Relays::source_of(std::string_view user, const std::string& secret_path) const {
    std::string source = settings_.relay_address + "/" + secret_path;
    source.insert(source.find("://") + 3,
                  std::string(user) + ":" + relay_password(settings_, secret_path).reveal() + "@");
    return source;
}

std::map<std::string, WantedRelay> Relays::with_sources(const Wanted& wanted) const {
    std::map<std::string, WantedRelay> known;
    for (const auto& [public_path, relay] : wanted) {
        known.emplace(public_path, WantedRelay{source_of(kRelayUser, relay.secret_path),
                                               source_of(kBorrowingRelayUser, relay.secret_path),
                                               relay.is_ready, relay.is_taken});
    }
    return known;
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
    if (borrowed_.contains(public_path)) give_back(public_path);
}

void Relays::match(const Wanted& wanted) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    if (wanted.empty() && is_clean_) return;
    const auto entries = media_server_.list_path_configs();
    if (!entries) return;  // the next poll asks again
    if (!wanted.empty()) learn_recording();
    const auto known = with_sources(wanted);
    RelayPlan plan = plan_relays(known, *entries, is_recorded(), without_picture_);
    // An edit of MediaMTX's file may have replaced the relay's entry.
    own_ = plan.own;
    without_picture_ = std::move(plan.without_picture);
    for (const auto& name : plan.borrowed) borrowed_.try_emplace(name, "automatic");
    std::erase_if(borrowed_, [&](const auto& each) { return !plan.borrowed.contains(each.first); });
    is_clean_ = wanted.empty() && plan.own.empty() && plan.borrowed.empty();
    for (const auto& public_path : plan.erase) erase(public_path);
    for (const auto& name : plan.give_back) give_back(name);
    blocked_ = std::move(plan.blocked);
    for (const auto& public_path : plan.add) write(public_path, wanted.at(public_path).secret_path);
    for (const auto& entry : plan.borrow) borrow(entry, known.at(entry.name).borrowed_source);
    add_failing(wanted);
    tell_problems();
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

void Relays::look(const Wanted& wanted) {
    if (!enabled()) return;
    const std::lock_guard lock(mutex_);
    blocked_.clear();
    if (!wanted.empty()) {
        const auto entries = media_server_.list_path_configs();
        if (!entries) return;
        blocked_ = plan_relays(with_sources(wanted), *entries, is_recorded(), {}).blocked;
        add_failing(wanted);
    }
    publish_problems();
}

void Relays::set_obstacle(const std::optional<std::string>& reason) {
    const std::lock_guard lock(mutex_);
    obstacle_ = reason;
}

void Relays::add_failing(const Wanted& wanted) {
    for (const auto& [public_path, relay] : wanted) {
        if (relay.is_ready) continue;  // it delivers, whatever is configured
        if (obstacle_) blocked_.try_emplace(public_path, *obstacle_);
        const auto rounds = without_picture_.find(public_path);
        if (rounds == without_picture_.end() || rounds->second < kRoundsUntilTold) continue;
        blocked_.try_emplace(public_path,
                             "MediaMTX pulls the stream for its public path and gets nothing; its "
                             "log says why.");
    }
}

std::optional<std::string> Relays::problem_at(const std::string& public_path) const {
    const std::lock_guard lock(problems_mutex_);
    const auto found = problems_.find(public_path);
    if (found == problems_.end()) return std::nullopt;
    return found->second;
}

std::map<std::string, std::string> Relays::problems() const {
    const std::lock_guard lock(problems_mutex_);
    return problems_;
}

// Those who ask for a problem never wait for a call of the media server.
void Relays::publish_problems() {
    const std::lock_guard lock(problems_mutex_);
    problems_ = blocked_;
}

void Relays::tell_problems() {
    const auto before = problems();
    for (const auto& [public_path, reason] : blocked_) {
        const auto found = before.find(public_path);
        if (found != before.end() && found->second == reason) continue;
        logger_.warning("the stream of a device cannot be watched at its public path",
                        {{"path", public_path}, {"reason", reason}});
    }
    publish_problems();
}

void Relays::borrow(const RelayPlan::Borrow& entry, const std::string& source) {
    is_clean_ = false;
    without_picture_.erase(entry.name);
    MediaPathConfig config;
    config.source = source;
    config.source_on_demand = entry.on_demand;
    config.source_on_demand_start_timeout.reset();
    config.source_on_demand_close_after.reset();
    const auto changed = media_server_.patch_path_config(entry.name, config);
    if (changed) {
        const std::string before =
            entry.rtsp_transport.empty() ? "automatic" : entry.rtsp_transport;
        borrowed_.try_emplace(entry.name, before);
        return;
    }
    // The error's text is MediaMTX's and may contain the address.
    blocked_[entry.name] =
        changed.error().code == ErrorCode::kInvalidArgument
            ? "MediaMTX's own entry for this path has settings that do not permit it to pull "
              "(runOnDemand, srtPublishPassphrase or alwaysAvailable)."
            : "MediaMTX's own entry for this path cannot be changed: " + changed.error().message;
}

void Relays::give_back(const std::string& public_path) {
    MediaPathConfig config;
    config.source = "publisher";
    config.source_on_demand = false;
    config.source_on_demand_start_timeout.reset();
    config.source_on_demand_close_after.reset();
    const auto before = borrowed_.find(public_path);
    config.rtsp_transport = before == borrowed_.end() ? "automatic" : before->second;
    const auto changed = media_server_.patch_path_config(public_path, config);
    if (!changed && changed.error().code != ErrorCode::kNotFound) {
        logger_.warning("the owner's path entry for a device's public path cannot be restored yet",
                        {{"path", public_path}, {"error", changed.error().message}});
        return;
    }
    // An entry that is changed again at once keeps what is remembered about it.
}

void Relays::learn_recording() {
    auto found = media_server_.default_recording();
    if (found) recording_ = *std::move(found);
}

void Relays::write(const std::string& public_path, const std::string& secret_path) {
    if (is_reserved_path_name(public_path)) {
        blocked_[public_path] =
            "This path applies to the paths of everybody in MediaMTX's configuration: create "
            "another "
            "stream key.";
        return;
    }
    is_clean_ = false;
    MediaPathConfig config;
    config.source = source_of(kRelayUser, secret_path);
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
