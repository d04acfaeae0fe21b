#include <algorithm>
#include <array>

#include "conformance/storage/storage_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

TEST_CASE_FIXTURE(StorageCase, "a stream is found as it was written") {
    const auto row = add_key();
    auto stream = make_stream(row.key, "a", at(seconds(1)));
    SUBCASE("with the least that a stream has") {
        stream.source_type.reset();
        stream.source_id.reset();
    }
    SUBCASE("with everything that a stream can have") {
        stream.node = "node-2";
        stream.path = "sk_" + std::string(43, 'A');
        stream.state = StreamState::kEnded;
        stream.generation = 2'000'000'000;
        stream.ended_at = at(seconds(3));
        stream.end_reason = EndReason::kTakenOver;
        stream.source_type = "webRTCSession";
        stream.interrupted_at = at(seconds(2));
        stream.observed_by = ObservedBy::kReconciler;
        stream.metadata = JsonObject::parse(R"({"mission":"Ω","n":1.50})").value();
        stream.recording_ref = "s3://bucket/κλειδί";
    }
    commit_stream(row, stream);
    CHECK(storage().find_stream(stream.id).value() == stream);
}

TEST_CASE_FIXTURE(StorageCase, "a stream can have every end reason, state and observer") {
    const auto row = add_key();
    for (const auto observer : {ObservedBy::kHook, ObservedBy::kReconciler, ObservedBy::kAdmin}) {
        for (const auto state : {StreamState::kLive, StreamState::kReconnecting}) {
            auto stream = make_stream(row.key, "a");
            stream.observed_by = observer;
            stream.state = state;
            commit_stream(row, stream);
            CHECK(storage().find_stream(stream.id).value() == stream);
            stream.state = StreamState::kEnded;
            commit_stream(row, stream);
            CHECK(storage().find_stream(stream.id).value() == stream);
        }
    }
    for (const auto reason :
         {EndReason::kClientDisconnected, EndReason::kReconnectTimeout, EndReason::kStopped,
          EndReason::kKeyRevoked, EndReason::kKeyRotated, EndReason::kKeyExpired,
          EndReason::kDisabled, EndReason::kTakenOver, EndReason::kMaxDuration,
          EndReason::kNeverStarted, EndReason::kLost, EndReason::kNodeLost}) {
        auto stream = make_stream(row.key, "a");
        stream.state = StreamState::kEnded;
        stream.end_reason = reason;
        commit_stream(row, stream);
        CHECK(storage().find_stream(stream.id).value() == stream);
    }
}

TEST_CASE_FIXTURE(StorageCase, "an unknown stream is not found") {
    CHECK(code_of(storage().find_stream(new_id<StreamId>())) == ErrorCode::kNotFound);
}

TEST_CASE_FIXTURE(StorageCase, "a stream that is written again is listed at its new place") {
    const auto row = add_key();
    const auto other = add_key();
    auto moved = make_stream(row.key, "a", at(seconds(1)));
    commit_stream(row, moved);
    const auto fixed = make_stream(other.key, "b", at(seconds(2)));
    commit_stream(other, fixed);
    CHECK(streams_of(storage().list_streams({}, {})) == std::vector{fixed, moved});
    moved.started_at = at(seconds(3));
    commit_stream(row, moved);
    CHECK(streams_of(storage().list_streams({}, {})) == std::vector{moved, fixed});
}

namespace {

/// Two broadcasters with two keys each; every key has three ended streams, and one that is live or
/// reconnecting; nodes alternate; several begin at the same moment.
class ManyStreamsCase : public StorageCase {
public:
    ManyStreamsCase() {
        for (int i = 0; i < 4; ++i) {
            if (i % 2 == 0) owners_.push_back(add_broadcaster().id);
            keys_.push_back(add_key(owners_.back()));
        }
        for (int i = 0; i < 16; ++i) {
            const auto& key = keys_[static_cast<std::size_t>(i % 4)];
            auto stream =
                make_stream(key.key, "connection " + std::to_string(i), at(seconds(i / 5)));
            stream.node = i % 3 == 0 ? "north" : "south";
            if (i < 12) {
                stream.state = StreamState::kEnded;
                stream.ended_at = at(seconds(100));
                stream.end_reason = EndReason::kClientDisconnected;
            } else if (i % 2 == 0) {
                stream.state = StreamState::kReconnecting;
                stream.interrupted_at = at(seconds(50));
            }
            commit_stream(key, stream);
            all_.push_back(stream);
        }
        std::sort(all_.begin(), all_.end(), [](const Stream& a, const Stream& b) {
            return std::tie(a.started_at, a.id) > std::tie(b.started_at, b.id);
        });
    }

    /// Checks that the list is as expected, and that its pages together are that list.
    template <class Predicate>
    void check_list(const StreamFilter& filter, Predicate predicate) {
        std::vector<Stream> expected;
        std::copy_if(all_.begin(), all_.end(), std::back_inserter(expected), predicate);
        const auto list = storage().list_streams(filter, {});
        CHECK(streams_of(list) == expected);
        CHECK_FALSE(list->next.has_value());
        for (const std::size_t limit : {1U, 3U, 4U}) {
            CAPTURE(limit);
            const auto pages = collect_pages<ListedStream>(limit, [&](const PageRequest& request) {
                return storage().list_streams(filter, request);
            });
            CHECK(std::vector<Stream>(pages.begin(), pages.end()) == expected);
        }
    }

    std::vector<BroadcasterId> owners_;
    std::vector<StreamKeyRow> keys_;
    std::vector<Stream> all_;  // newest first
};

}  // namespace

TEST_CASE_FIXTURE(ManyStreamsCase, "streams are listed newest first, equal times by id") {
    check_list({}, [](const Stream&) { return true; });
}

TEST_CASE_FIXTURE(ManyStreamsCase, "streams can be listed by their states") {
    using enum StreamState;
    for (const auto& states :
         std::vector<std::vector<StreamState>>{{kLive},
                                               {kReconnecting},
                                               {kEnded},
                                               {kLive, kReconnecting},
                                               {kReconnecting, kEnded},
                                               {kLive, kReconnecting, kEnded}}) {
        StreamFilter filter;
        filter.states = states;
        check_list(filter, [&](const Stream& stream) {
            return std::find(states.begin(), states.end(), stream.state) != states.end();
        });
    }
}

TEST_CASE_FIXTURE(ManyStreamsCase, "streams can be listed by key, by broadcaster and by node") {
    StreamFilter by_key;
    by_key.stream_key_id = keys_[1].key.id;
    check_list(by_key,
               [&](const Stream& stream) { return stream.stream_key_id == keys_[1].key.id; });
    StreamFilter by_owner;
    by_owner.broadcaster_id = owners_[1];
    check_list(by_owner, [&](const Stream& stream) { return stream.broadcaster_id == owners_[1]; });
    StreamFilter by_node;
    by_node.node = "north";
    check_list(by_node, [](const Stream& stream) { return stream.node == "north"; });
}

TEST_CASE_FIXTURE(ManyStreamsCase, "a stream must pass every filter that is given") {
    StreamFilter filter;
    filter.states = {StreamState::kEnded};
    filter.broadcaster_id = owners_[0];
    filter.node = "south";
    check_list(filter, [&](const Stream& stream) {
        return stream.state == StreamState::kEnded && stream.broadcaster_id == owners_[0] &&
               stream.node == "south";
    });
    filter.stream_key_id = keys_[0].key.id;
    check_list(filter, [&](const Stream& stream) {
        return stream.state == StreamState::kEnded && stream.stream_key_id == keys_[0].key.id &&
               stream.node == "south";
    });
    filter.stream_key_id = keys_[2].key.id;  // of the other broadcaster
    check_list(filter, [](const Stream&) { return false; });
}

TEST_CASE_FIXTURE(StorageCase, "a stream is listed and found with the names of its key and owner") {
    auto row = make_key(add_broadcaster("Rescue 7").id);
    row.key.label = "Drone \u00E9";
    storage().create_stream_key(row, make_audit()).value();
    auto stream = make_stream(row.key, "a", at(seconds(1)));
    stream.state = StreamState::kEnded;
    stream.ended_at = at(seconds(2));
    commit_stream(row, stream);
    const auto expect = [&](const std::string& label, const std::string& owner) {
        const auto listed = storage().list_streams({}, {}).value().items.at(0);
        const auto found = storage().find_stream(stream.id).value();
        for (const auto& each : {listed, found}) {
            CHECK(each.key_label == label);
            CHECK(each.broadcaster_name == owner);
        }
    };
    expect("Drone \u00E9", "Rescue 7");
    StreamKeyChange change;
    change.id = row.key.id;
    change.label = "Drone 2";
    storage().update_stream_key(change, at(seconds(3)), make_audit()).value();
    expect("Drone 2", "Rescue 7");
    storage()
        .delete_broadcaster(row.key.broadcaster_id, false, at(seconds(4)), make_audit())
        .value();
    expect("Drone 2", "Rescue 7");
}

TEST_CASE_FIXTURE(StorageCase,
                  "streams can be listed by the label of their key and the name of their owner") {
    const auto north = add_broadcaster("North").id;
    const auto north_too = add_broadcaster("North").id;
    const auto south = add_broadcaster("South").id;
    std::vector<Stream> streams;
    int number = 0;
    for (const auto& [owner, label] :
         {std::pair{north, "drone"}, {north_too, "boat"}, {south, "drone"}}) {
        auto row = make_key(owner);
        row.key.label = label;
        storage().create_stream_key(row, make_audit()).value();
        streams.push_back(make_stream(row.key, "c" + std::to_string(number), at(seconds(number))));
        commit_stream(row, streams.back());
        ++number;
    }
    StreamFilter filter;
    filter.label = "drone";
    CHECK(streams_of(storage().list_streams(filter, {})) == std::vector{streams[2], streams[0]});
    filter.broadcaster_name = "North";
    CHECK(streams_of(storage().list_streams(filter, {})) == std::vector{streams[0]});
    filter.label.reset();
    CHECK(streams_of(storage().list_streams(filter, {})) == std::vector{streams[1], streams[0]});
    filter.broadcaster_name = "north";
    CHECK(storage().list_streams(filter, {}).value().items.empty());
}

TEST_CASE_FIXTURE(ManyStreamsCase, "nothing is listed for an unknown key or broadcaster") {
    StreamFilter filter;
    filter.stream_key_id = new_id<StreamKeyId>();
    CHECK(storage().list_streams(filter, {}).value().items.empty());
    filter = {};
    filter.broadcaster_id = new_id<BroadcasterId>();
    CHECK(storage().list_streams(filter, {}).value().items.empty());
}

TEST_CASE_FIXTURE(StorageCase,
                  "the list of all live streams shows every change of them and of their names") {
    const std::vector<Broadcaster> owners{add_broadcaster("A"), add_broadcaster("B")};
    std::vector<StreamKeyRow> keys;
    for (std::size_t i = 0; i < 70; ++i) keys.push_back(add_key(owners[i % 2].id));
    const auto check = [&] {
        // With a limit a storage reads all of them; without one it may remember some.
        const auto read = storage().list_streams(StreamFilter::live(), {200, std::nullopt}).value();
        const auto listed = storage().list_streams(StreamFilter::live(), {}).value();
        CHECK(listed.items == read.items);
        CHECK_FALSE(listed.next.has_value());
        return listed.items;
    };
    const auto change_label = [&](const StreamKeyRow& row, const std::string& label) {
        StreamKeyChange change;
        change.id = row.key.id;
        change.label = label;
        storage().update_stream_key(change, at(seconds(30)), make_audit()).value();
    };
    CHECK(check().empty());
    std::vector<Stream> streams;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        streams.push_back(make_stream(keys[i].key, "c" + std::to_string(i), at(seconds(i % 9))));
        commit_stream(keys[i], streams.back());
    }
    CHECK(check().size() == keys.size());
    for (std::size_t i = 0; i < keys.size(); i += 2) {  // more than one statement reads
        streams[i].metadata = JsonObject::parse(R"({"again":true})").value();
        commit_stream(keys[i], streams[i]);
    }
    CHECK(check().size() == keys.size());
    BroadcasterPatch renamed;
    renamed.display_name = "Other";
    storage().update_broadcaster(owners[0].id, renamed, at(seconds(31)), make_audit()).value();
    change_label(keys[1], "label");
    const auto named = check();
    CHECK(std::count_if(named.begin(), named.end(), [](const ListedStream& stream) {
              return stream.broadcaster_name == "Other";
          }) == 35);
    CHECK(std::count_if(named.begin(), named.end(), [](const ListedStream& stream) {
              return stream.key_label == "label";
          }) == 1);
    streams[3].state = StreamState::kReconnecting;
    streams[4].state = StreamState::kEnded;
    streams[5].started_at = at(seconds(40));
    for (const std::size_t i : {3U, 4U, 5U}) commit_stream(keys[i], streams[i]);
    CHECK(check().size() == keys.size() - 2);
    CHECK(check().front().id == streams[5].id);
    streams[3].state = StreamState::kLive;
    commit_stream(keys[3], streams[3]);
    CHECK(check().size() == keys.size() - 1);
}
