#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "conformance/storage/at_once.hpp"
#include "conformance/storage/storage_case.hpp"
#include "fields/node.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

Node make_node(const std::string& name) {
    Node node;
    node.name = name;
    node.label = "Bergwacht Süd";
    node.api_url = "http://" + name + ".example:9997";
    node.api_user = "control";
    node.api_password = Secret("pass word");
    node.addresses.webrtc = "https://v.example";
    node.addresses.hls = "https://h.example";
    node.addresses.rtsp = "rtsps://r.example:322";
    node.addresses.rtmp = "rtmps://m.example";
    node.addresses.srt = "srt://s.example:8890";
    node.draining = true;
    node.created_at = StorageCase::at(seconds(1));
    node.updated_at = StorageCase::at(seconds(2));
    return node;
}

void check_same(const Node& left, const Node& right) {
    CHECK(left.name == right.name);
    CHECK(left.label == right.label);
    CHECK(left.api_url == right.api_url);
    CHECK(left.api_user == right.api_user);
    CHECK(left.api_password.reveal() == right.api_password.reveal());
    CHECK(left.addresses == right.addresses);
    CHECK(left.draining == right.draining);
    CHECK(left.created_at == right.created_at);
    CHECK(left.updated_at == right.updated_at);
}

}  // namespace

TEST_CASE_FIXTURE(StorageCase, "nodes are read as they were written, and listed by name") {
    const auto audit = make_audit("create", at(seconds(50)));
    REQUIRE(storage().create_node(make_node("south"), audit));
    REQUIRE(storage().create_node(make_node("north"), make_audit()));
    const auto nodes = storage().list_nodes().value();
    REQUIRE(nodes.size() == 2);
    check_same(nodes[0], make_node("north"));
    check_same(nodes[1], make_node("south"));
    CHECK(storage().list_audit({}).value().entries.front() ==
          AuditDraft(audit).named(make_node("south")));
}

TEST_CASE_FIXTURE(StorageCase,
                  "two nodes cannot get one address, also when they are made at once") {
    const auto with_address = [](const std::string& name, const std::string& api_url) {
        Node node = make_node(name);
        node.api_url = api_url;
        return node;
    };
    const auto patch_to = [](const std::string& api_url) {
        NodePatch patch;
        patch.api_url = api_url;
        return patch;
    };
    constexpr int kCallers = 4;
    for (int round = 0; round < 20; ++round) {
        const std::string api_url = "http://10.0.0." + std::to_string(round) + ":9997";
        std::vector<AuditEntry> entries;
        for (int i = 0; i < kCallers; ++i) entries.push_back(make_audit());
        const auto name = [&](int i) { return "n" + std::to_string(round * kCallers + i); };
        const auto answers = answers_at_once<void>(kCallers, [&](int i) {
            return storage().create_node(with_address(name(i), api_url),
                                         entries[static_cast<std::size_t>(i)]);
        });
        CHECK(std::count_if(answers.begin(), answers.end(),
                            [](const auto& answer) { return answer.has_value(); }) == 1);
    }
    REQUIRE(storage().list_nodes().value().size() == 20);
    const auto refused =
        storage().create_node(with_address("twin", "http://10.0.0.7:9997/"), make_audit());
    REQUIRE(code_of(refused) == ErrorCode::kConflict);
    CHECK(refused.error().fields.at(0).pointer == "/api_url");
    // This machine is one server under all its names.
    REQUIRE(storage().create_node(with_address("here", "http://localhost:9997"), make_audit()));
    CHECK(code_of(storage().create_node(with_address("also-here", "http://127.0.0.1:9997"),
                                        make_audit())) == ErrorCode::kConflict);
    // The same for a change, which may leave the address as it is.
    REQUIRE(storage().create_node(with_address("one", "http://one:9997"), make_audit()));
    REQUIRE(storage().create_node(with_address("two", "http://two:9997"), make_audit()));
    CHECK(storage().update_node("one", patch_to("http://one:9997"), at(seconds(9)), make_audit()));
    const std::vector<AuditEntry> entries{make_audit(), make_audit()};
    const auto moved = answers_at_once<Node>(2, [&](int i) {
        return storage().update_node(i == 0 ? "one" : "two", patch_to("http://three:9997"),
                                     at(seconds(9)), entries[static_cast<std::size_t>(i)]);
    });
    CHECK(moved[0].has_value() != moved[1].has_value());
}

TEST_CASE_FIXTURE(StorageCase, "no more than two hundred nodes are registered") {
    for (std::size_t i = 0; i < kMostNodes; ++i) {
        REQUIRE(storage().create_node(make_node("n" + std::to_string(i)), make_audit()));
    }
    const auto entries = audit_count();
    CHECK(code_of(storage().create_node(make_node("more"), make_audit())) == ErrorCode::kConflict);
    CHECK(audit_count() == entries);
    REQUIRE(storage().delete_node("n7", make_audit("delete")));
    CHECK(storage().create_node(make_node("more"), make_audit()).has_value());
    CHECK(storage().list_nodes().value().size() == kMostNodes);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a second node with the same name is refused without an audit entry") {
    REQUIRE(storage().create_node(make_node("south"), make_audit()));
    const auto entries = audit_count();
    Node other = make_node("south");
    other.label = "other";
    CHECK(code_of(storage().create_node(other, make_audit())) == ErrorCode::kConflict);
    check_same(storage().list_nodes().value().at(0), make_node("south"));
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a change can replace everything of a node but its name and creation time") {
    REQUIRE(storage().create_node(make_node("south"), make_audit()));
    NodePatch patch;
    patch.label = "";
    patch.api_url = "http://10.0.0.3:9997";
    patch.api_user = "";
    patch.api_password = Secret();
    patch.draining = false;
    Node changed = make_node("south");
    fields::apply(patch, changed);
    changed.updated_at = at(seconds(71));
    check_same(storage().update_node("south", patch, at(seconds(71)), make_audit("update")).value(),
               changed);
    check_same(storage().list_nodes().value().at(0), changed);
    const auto entries = audit_count();
    CHECK(code_of(storage().update_node("west", patch, at(seconds(72)), make_audit())) ==
          ErrorCode::kNotFound);
    CHECK(audit_count() == entries);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a node is deleted with its lease and cut-offs, but not while it has a stream") {
    REQUIRE(storage().create_node(make_node("default"), make_audit()));
    const auto row = add_key();
    auto stream = go_live(row, "a");
    REQUIRE(storage().hold_lease("default", "one", std::nullopt));
    CHECK(code_of(storage().delete_node("default", make_audit())) == ErrorCode::kConflict);
    CHECK(storage().list_nodes().value().size() == 1);

    REQUIRE(storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()));
    REQUIRE(pending().size() == 1);
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(30));
    stream.end_reason = EndReason::kNodeLost;
    commit_stream(row, stream);
    const auto entries = audit_count();
    REQUIRE(storage().delete_node("default", make_audit("delete")));
    CHECK(storage().list_nodes().value().empty());
    CHECK(pending().empty());
    CHECK(audit_count() == entries + 1);
    CHECK(storage().hold_lease("default", "two", std::nullopt).value().holder == "two");
    CHECK(code_of(storage().delete_node("default", make_audit())) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a lease belongs to the first program that asks, and only that one renews it") {
    const auto first = storage().hold_lease("default", "one", std::nullopt).value();
    CHECK(first.holder == "one");
    CHECK(storage().hold_lease("default", "two", std::nullopt).value() == first);
    const auto renewed = storage().hold_lease("default", "one", std::nullopt).value();
    CHECK(renewed.holder == "one");
    CHECK(renewed.beat > first.beat);
    CHECK(storage().hold_lease("other", "two", std::nullopt).value().holder == "two");
}

TEST_CASE_FIXTURE(StorageCase,
                  "a lease is taken over only if it has not changed since it was read") {
    const auto seen = storage().hold_lease("default", "one", std::nullopt).value();
    const auto renewed = storage().hold_lease("default", "one", std::nullopt).value();
    CHECK(storage().hold_lease("default", "two", seen).value() == renewed);
    const auto taken = storage().hold_lease("default", "two", renewed).value();
    CHECK(taken.holder == "two");
    CHECK(taken.beat > renewed.beat);
    // A program that was frozen meanwhile finds that it has lost the lease.
    CHECK(storage().hold_lease("default", "one", renewed).value() == taken);
}

TEST_CASE_FIXTURE(StorageCase,
                  "a released lease is free, and a program cannot release another's lease") {
    REQUIRE(storage().hold_lease("default", "one", std::nullopt));
    REQUIRE(storage().release_lease("default", "two"));
    CHECK(storage().hold_lease("default", "two", std::nullopt).value().holder == "one");
    REQUIRE(storage().release_lease("default", "one"));
    CHECK(storage().hold_lease("default", "two", std::nullopt).value().holder == "two");
    REQUIRE(storage().release_lease("never held", "one"));
}

TEST_CASE_FIXTURE(StorageCase,
                  "a listener is notified of cut-offs and nodes if the storage can notify") {
    std::mutex mutex;
    std::condition_variable changed;
    int calls = 0;
    storage().watch_changes([&] {
        const std::lock_guard lock(mutex);
        ++calls;
        changed.notify_all();
    });
    const auto hears = [&](int before) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, seconds(20), [&] { return calls > before; });
    };
    const auto count = [&] {
        const std::lock_guard lock(mutex);
        return calls;
    };
    if (storage().backend() != "memory") {
        REQUIRE(hears(0));  // from now on it listens
        int before = count();
        const auto row = add_key();
        claim(row, "a");
        REQUIRE(storage().revoke_stream_key(row.key.id, at(seconds(20)), make_audit()));
        CHECK(hears(before));
        before = count();
        REQUIRE(storage().create_node(make_node("south"), make_audit()));
        CHECK(hears(before));
    }
    storage().watch_changes(nullptr);
    const int last = count();
    REQUIRE(storage().create_node(make_node("north"), make_audit()));
    CHECK(count() == last);
}
