#include "orchestrator/helper_publishers.hpp"

#include <utility>

#include "rescuestream/logger.hpp"
#include "rescuestream/redaction.hpp"
#include "rescuestream/secret.hpp"
#include "rules/path_pattern.hpp"
#include "support/ip_address.hpp"

namespace rescuestream {
namespace {

// The lists of a media server are read one after the other, so a connection may be missing in one.
constexpr int kRoundsUnknown = 2;

// A key whose right has ended for good has no claim on its path, unless this is the connection that
// had the right.
bool may_be_publisher_of(const Session& owner, const ConnectionId& source, Timestamp now) {
    const StreamKey& key = owner.key;
    if (!key.revoked_at && (!key.expires_at || now < *key.expires_at)) return true;
    const bool has_claim = owner.claim && owner.claim->connection == source;
    const bool has_stream = owner.stream && owner.stream->source_id == source;
    return has_claim || has_stream;
}

}  // namespace

bool is_ignored(const OrchestratorSettings& settings, const std::string& path) {
    return key_value_of_path(path).empty() && rules::matches_any(settings.ignore_paths, path);
}

bool is_helper_path(const OrchestratorSettings& settings, const std::string& path) {
    return key_value_of_path(path).empty() && rules::matches_any(settings.helper_paths, path);
}

std::unordered_set<ConnectionId> HelperPublishers::find(const Round& round) {
    std::unordered_set<ConnectionId> helpers;
    if (settings_.helper_paths.empty()) return helpers;
    std::unordered_map<ConnectionId, Verdict> present;
    for (const auto& [name, owner] : round.owners) {
        if (!is_helper_path(settings_, name)) continue;
        const auto path = round.paths.find(name);
        if (path == round.paths.end() || !is_publisher(path->second)) continue;
        const ConnectionId& id = path->second.source->id;
        if (owner && may_be_publisher_of(*owner, id, round.now)) continue;
        const auto before = known_.find(id);
        const Verdict verdict =
            judge(path->second, before == known_.end() ? Verdict{} : before->second);
        if (verdict.is_helper) helpers.insert(id);
        present.emplace(id, verdict);
    }
    known_ = std::move(present);
    return helpers;
}

HelperPublishers::Verdict HelperPublishers::judge(const MediaPath& path, Verdict verdict) {
    if (verdict.is_final) return verdict;
    const std::string address = address_of_(*path.source);
    if (address.empty()) {
        verdict.is_helper = ++verdict.rounds_unknown <= kRoundsUnknown;
        verdict.is_final = !verdict.is_helper;
        return verdict;
    }
    verdict.is_helper = is_loopback_address(address);
    verdict.is_final = true;
    if (verdict.is_helper) {
        logger_.info("a helper of the media server publishes",
                     {{"path", redact_key_values(path.name)},
                      {"protocol", std::string(to_string(protocol_of(*path.source)))},
                      {"remote_address", address},
                      {"connection_id", path.source->id.value}});
    }
    return verdict;
}

}  // namespace rescuestream
