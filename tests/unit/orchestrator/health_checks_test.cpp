#include "orchestrator/health_checks.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

const Timestamp kNoon = *parse_rfc3339("2026-01-17T12:00:00Z");

Health healthy() {
    Health health;
    health.storage_reachable = true;
    health.first_poll_done = true;
    return health;
}

HealthCheck find_check(const std::vector<HealthCheck>& checks, std::string_view name) {
    for (const auto& check : checks) {
        if (check.name == name) return check;
    }
    return {};
}

NodeStatus node_in(NodeState state) {
    NodeStatus node;
    node.node.name = "north";
    node.node.api_url = "http://10.1.2.3:9997";
    node.state = state;
    node.reason = "10.1.2.3 refuses the credential";
    return node;
}

}  // namespace

TEST_CASE("a healthy program has only checks that are ok, and they have no reason") {
    for (const auto& check : health_checks(healthy(), {}, {node_in(NodeState::kUp)}, kNoon)) {
        CAPTURE(check.name);
        CHECK(check.status == CheckStatus::kOk);
        CHECK(check.reason.empty());
    }
}

TEST_CASE("only a database that cannot be written and a missing first poll are failures") {
    struct Case {
        void (*spoil)(Health&);
        const char* name;
        CheckStatus expected;
    };
    const Case cases[] = {
        {[](Health& h) { h.storage_reachable = false; }, "database", CheckStatus::kFailed},
        {[](Health& h) { h.storage_full = true; }, "database", CheckStatus::kFailed},
        {[](Health& h) { h.first_poll_done = false; }, "first_poll", CheckStatus::kFailed},
        {[](Health& h) { h.storage_warning = "150 MB are free."; }, "database_space",
         CheckStatus::kWarning},
        {[](Health& h) {
             h.unreadable_rows = {{"streams", "", "state"}};
         },
         "unreadable_rows", CheckStatus::kWarning},
        {[](Health& h) { h.unwritten = 2; }, "unwritten_changes", CheckStatus::kWarning}};
    for (const auto& [spoil, name, expected] : cases) {
        CAPTURE(name);
        Health health = healthy();
        spoil(health);
        const auto checks = health_checks(health, {}, {}, kNoon);
        CHECK(find_check(checks, name).status == expected);
        CHECK_FALSE(find_check(checks, name).reason.empty());
        for (const auto& check : checks) {
            if (check.name != name) CHECK(check.status == CheckStatus::kOk);
        }
    }
    const KeysHealth keys{true, std::chrono::milliseconds(7'000)};
    const auto cut_off = find_check(health_checks(healthy(), keys, {}, kNoon), "keys");
    CHECK(cut_off.status == CheckStatus::kWarning);
    CHECK(cut_off.age == std::chrono::milliseconds(7'000));
}

TEST_CASE("the check of a node is public: it has no address and not the reason of its state") {
    for (const auto state : {NodeState::kUnknown, NodeState::kUp, NodeState::kNotAsking,
                             NodeState::kDegraded, NodeState::kUnreachable}) {
        CAPTURE(to_string(state));
        const auto check = check_of(node_in(state), kNoon);
        CHECK(check.name == "node:north");
        CHECK((check.status == CheckStatus::kOk) == (state == NodeState::kUp));
        CHECK(check.reason.empty() == (state == NodeState::kUp));
        CHECK(check.reason.find("10.1.2.3") == std::string::npos);
        CHECK(check.reason.find("credential") == std::string::npos);
        CHECK_FALSE(check.age);
    }
    // Otherwise the two states would tell an outsider where anybody may publish.
    CHECK(check_of(node_in(NodeState::kNotAsking), kNoon).reason ==
          check_of(node_in(NodeState::kDegraded), kNoon).reason);
}

TEST_CASE("the age of a node's check is the time since its last answer, and never negative") {
    NodeStatus node = node_in(NodeState::kUp);
    node.seen_at = kNoon - std::chrono::milliseconds(2'500);
    CHECK(check_of(node, kNoon).age == std::chrono::milliseconds(2'500));
    CHECK(check_of(node, kNoon - std::chrono::hours(1)).age == std::chrono::milliseconds(0));
}
