#include "orchestrator/relay_plan.hpp"

#include <algorithm>
#include <optional>

#include "rescuestream/secret.hpp"

namespace rescuestream {
namespace {

// "rtsp://relay:PASSWORD@127.0.0.1:8554/live/sk_…" → "live/sk_…"
std::string_view path_of_source(std::string_view source) {
    const auto scheme = source.find("://");
    if (scheme == std::string_view::npos) return {};
    const auto slash = source.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view{} : source.substr(slash + 1);
}

// Returns whether the entry pulls a secret path with this user name. An entry whose name stands for
// many paths is the owner's, whatever it contains.
bool pulls_as(std::string_view user, const MediaPathEntry& entry) {
    if (is_reserved_path_name(entry.name)) return false;
    const auto at = entry.source.find("://" + std::string(user) + ":");
    return at != std::string::npos && !key_value_of_path(path_of_source(entry.source)).empty();
}

// Why the owner's entry cannot become a relay.
std::optional<std::string> obstacle_of(const MediaPathEntry& entry, const WantedRelay& relay) {
    if (entry.source != "publisher") {
        return "MediaMTX's own entry for this path pulls another source.";
    }
    if (entry.runs_on_init) {
        return "MediaMTX's own entry for this path starts a program (runOnInit) that publishes "
               "there.";
    }
    if (relay.is_taken) return "Another publisher is at this path in MediaMTX.";
    return std::nullopt;
}

class RelayPlanner {
public:
    RelayPlanner(const std::map<std::string, WantedRelay>& wanted, bool is_recorded,
                 const std::map<std::string, int>& before)
        : wanted_(wanted), is_recorded_(is_recorded), before_(before) {}

    RelayPlan run(const std::vector<MediaPathEntry>& entries) {
        for (const auto& entry : entries) {
            if (entry.name == kSecretPathsEntry) plan_.has_secret_entry = true;
            if (entry.name == kBareSecretPathsEntry && all_are_bare())
                plan_.has_secret_entry = true;
            const auto found = wanted_.find(entry.name);
            const WantedRelay* relay = found == wanted_.end() ? nullptr : &found->second;
            if (pulls_as(kRelayUser, entry)) {
                compare_own(entry, relay);
            } else if (pulls_as(kBorrowingRelayUser, entry)) {
                compare_borrowed(entry, relay);
            } else if (relay != nullptr && !is_reserved_path_name(entry.name)) {
                meet_owners(entry, *relay);
            }
        }
        for (const auto& [public_path, relay] : wanted_) {
            if (done_.contains(public_path)) continue;
            if (is_recorded_) (void)is_stuck(public_path, relay);
            plan_.add.push_back(public_path);
        }
        return std::move(plan_);
    }

private:
    bool all_are_bare() const {
        return std::all_of(wanted_.begin(), wanted_.end(), [](const auto& relay) {
            return looks_like_key_value(path_of_source(relay.second.source));
        });
    }

    void compare_own(const MediaPathEntry& entry, const WantedRelay* relay) {
        plan_.own.insert(entry.name);
        const bool is_good = relay != nullptr && entry.source == relay->source &&
                             entry.source_on_demand != is_recorded_ &&
                             !(is_recorded_ && is_stuck(entry.name, *relay));
        if (is_good) {
            done_.insert(entry.name);
        } else {
            plan_.erase.push_back(entry.name);
        }
    }

    void compare_borrowed(const MediaPathEntry& entry, const WantedRelay* relay) {
        plan_.borrowed.insert(entry.name);
        done_.insert(entry.name);
        const bool is_good = relay != nullptr && entry.source == relay->borrowed_source &&
                             entry.source_on_demand != entry.record &&
                             !(entry.record && is_stuck(entry.name, *relay));
        if (is_good) return;
        plan_.give_back.push_back(entry.name);
        if (relay != nullptr) plan_.borrow.push_back({entry.name, !entry.record, {}});
    }

    void meet_owners(const MediaPathEntry& entry, const WantedRelay& relay) {
        done_.insert(entry.name);
        if (auto obstacle = obstacle_of(entry, relay)) {
            plan_.blocked.emplace(entry.name, *std::move(obstacle));
        } else {
            plan_.borrow.push_back({entry.name, !entry.record, entry.rtsp_transport});
        }
    }

    // Counts a round of a relay that pulls permanently. A pull that has lost its source retries
    // only after 5 s; a changed entry pulls at once.
    bool is_stuck(const std::string& public_path, const WantedRelay& relay) {
        if (relay.is_ready) return false;
        const auto before = before_.find(public_path);
        const int rounds = before == before_.end() ? 1 : before->second + 1;
        plan_.without_picture[public_path] = rounds;
        return rounds >= 2;
    }

    const std::map<std::string, WantedRelay>& wanted_;
    const bool is_recorded_;
    const std::map<std::string, int>& before_;
    std::set<std::string> done_;  // public paths for which nothing has to be added
    RelayPlan plan_;
};

}  // namespace

RelayPlan plan_relays(const std::map<std::string, WantedRelay>& wanted,
                      const std::vector<MediaPathEntry>& entries, bool is_recorded,
                      const std::map<std::string, int>& without_picture) {
    return RelayPlanner(wanted, is_recorded, without_picture).run(entries);
}

}  // namespace rescuestream
