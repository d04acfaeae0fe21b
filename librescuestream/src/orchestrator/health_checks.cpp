#include "orchestrator/health_checks.hpp"

namespace rescuestream {
namespace {

// A check that is kOk unless `reason` says otherwise.
HealthCheck check(std::string name, CheckStatus if_not, std::string reason) {
    const auto status = reason.empty() ? CheckStatus::kOk : if_not;
    return {std::move(name), status, {}, std::move(reason)};
}

std::string why_database_fails(const Health& health) {
    if (health.storage_reachable && !health.storage_full) return {};
    if (!health.storage_reason.empty()) return health.storage_reason;
    return "The database does not answer.";
}

// Names a few of them; the log names all.
std::string about_rows(const std::vector<UnreadableRow>& rows) {
    constexpr std::size_t kMostNamed = 10;
    if (rows.empty()) return {};
    std::string text =
        "The database has rows that cannot be read, and what they describe is "
        "refused or left out: ";
    for (std::size_t i = 0; i < rows.size() && i < kMostNamed; ++i) {
        text += (i == 0 ? "" : "; ") + to_string(rows[i]);
    }
    if (rows.size() > kMostNamed) {
        text += "; and " + std::to_string(rows.size() - kMostNamed) + " more";
    }
    return text + ". Repair or remove them.";
}

}  // namespace

std::vector<HealthCheck> health_checks(const Health& health, const KeysHealth& keys,
                                       const std::vector<NodeStatus>& nodes, Timestamp now) {
    std::vector<HealthCheck> checks;
    checks.push_back(check("database", CheckStatus::kFailed, why_database_fails(health)));
    checks.back().age = std::chrono::milliseconds(0);  // `health` was determined just now
    checks.push_back(check("database_space", CheckStatus::kWarning, health.storage_warning));
    checks.push_back(
        check("unreadable_rows", CheckStatus::kWarning, about_rows(health.unreadable_rows)));
    checks.push_back(check("unwritten_changes", CheckStatus::kWarning,
                           health.unwritten == 0
                               ? ""
                               : std::to_string(health.unwritten) +
                                     " refusals are in effect here that the database cannot store "
                                     "at present; a restart loses them."));
    checks.push_back(check("keys", CheckStatus::kWarning,
                           keys.cut_off ? "Changes of keys cannot be read from the database, so "
                                          "every publish request needs it."
                                        : ""));
    checks.back().age = keys.age;
    checks.push_back(
        check("first_poll", CheckStatus::kFailed,
              health.first_poll_done ? "" : "The media server has not been polled yet."));
    for (const auto& node : nodes) checks.push_back(check_of(node, now));
    return checks;
}

}  // namespace rescuestream
