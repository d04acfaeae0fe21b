// Rows that another program, a defect or a half restored backup has written: one that cannot be
// read stops nothing that concerns others. Each case damages one value of one record that stands
// beside a good one of its kind.
#include <algorithm>
#include <functional>

#include "conformance/storage/storage_case.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/unreadable_row.hpp"
#include "rules/key.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace damaged_rows_test {
namespace {

class LinesAboutRows final : public Logger {
public:
    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> /*fields*/) noexcept override {
        if (level == LogLevel::kWarning && message.starts_with("a row of the database")) ++count;
    }
    int count = 0;
};

template <class T, class Is>
bool has(const std::vector<T>& items, Is is) {
    return std::any_of(items.begin(), items.end(), is);
}

/// Of each kind of record a damaged one (after its damage) and a good one.
struct DamagedRowsCase : StorageCase {
    DamagedRowsCase() {
        bad_owner = add_broadcaster("bad").id;
        good_owner = add_broadcaster("good").id;
        bad_incident = add_incident("bad", seconds(1));
        good_incident = add_incident("good", seconds(2));
        bad_key = add_key_of(bad_owner, "live/bad");
        good_key = add_key_of(good_owner, "live/good");
        gone_key = add_key_of(good_owner, "live/gone");
        bad_stream = go_live(bad_key, "of bad");
        good_stream = go_live(good_key, "of good");
        go_live(gone_key, "of gone");
        go_live(add_key_of(good_owner, "live/held"), "of held");
        add_line(bad_key, bad_stream);
        // A cut-off of each.
        REQUIRE(storage().begin_stop(bad_stream.id, {}, {}, at(seconds(20)), make_audit()));
        REQUIRE(storage().revoke_stream_key(gone_key.key.id, at(seconds(20)), make_audit()));
        for (const char* label : {"bad", "good"}) {
            add_link(label);
            add_credential(label);
            add_playback(label);
            add_viewer(label);
            add_attempt(label);
            add_node(label);
        }
        UnknownSource bad{"live/x", Protocol::kRtmp, "192.0.2.7", ConnectionId{"u-bad"},
                          at(seconds(1))};
        UnknownSource good = bad;
        good.connection = ConnectionId{"u-good"};
        REQUIRE(storage().set_unknown_sources("default", {bad, good}));
        REQUIRE(storage().note_node_standing("default", kUrl, {at(seconds(1)), at(seconds(1)), {}},
                                             std::nullopt));
    }

    static constexpr const char* kUrl = "http://127.0.0.1:9997";

    Incident add_incident(const std::string& name, seconds when) {
        Incident incident;
        incident.name = name;
        incident.id = new_id<IncidentId>();
        incident.created_at = incident.updated_at = at(when);
        REQUIRE(storage().create_incident(incident, make_audit("open")));
        return incident;
    }
    StreamKeyRow add_key_of(BroadcasterId owner, const std::string& path) {
        StreamKeyRow row = make_key(owner);
        row.key.playback_path = path;
        row.key.policies.playback_policy = PlaybackPolicy::kPublic;
        add(row);
        return row;
    }
    void add_line(const StreamKeyRow& row, const Stream& stream) {
        SessionChange change;
        change.stream_key_id = row.key.id;
        change.expected_version = session(row).version;
        change.stream = stream;
        StreamTransition line;
        line.at = at(seconds(11));
        change.transitions = {line, line};
        REQUIRE(storage().commit_session(change));
    }
    void add_link(const std::string& label) {
        GuestLinkRow row;
        row.link.id = new_id<GuestLinkId>();
        row.link.label = label;
        row.link.targets = {{good_owner}, {}};
        row.link.created_at = at(seconds(1));
        row.digest = digest_key_value("link " + label);
        REQUIRE(storage().create_guest_link(row, make_audit()));
        (label == "bad" ? bad_link : good_link) = row;
    }
    void add_credential(const std::string& label) {
        ApiCredentialRow row;
        row.credential.id = ApiCredentialId{label + "aaaaaaaa"};
        row.credential.label = label;
        row.credential.scopes = {Scope::kStreamsRead};
        row.credential.created_at = row.credential.updated_at = at(seconds(1));
        row.secret = {digest_key_value("credential " + label), "sealed"};
        REQUIRE(storage().create_credential(row, make_audit()));
        ApiSession session;
        session.digest = digest_key_value("session " + label);
        session.credential_id = row.credential.id;
        session.secret_digest = row.secret.digest;
        session.created_at = at(seconds(1));
        session.expires_at = at(seconds(1'000));
        REQUIRE(storage().create_session(session, make_audit()));
    }
    void add_playback(const std::string& label) {
        PlaybackKey key;
        key.id = label;
        key.public_key = "-----BEGIN PUBLIC KEY-----\nx\n";
        key.created_at = at(seconds(1));
        REQUIRE(storage().add_playback_key(key, std::nullopt, make_audit()));
        ShortPlaybackToken token;
        token.digest = digest_key_value("token " + label);
        token.grant.id = label;
        token.grant.issuer = "rescuestream";
        token.grant.paths = {"live/good"};
        token.grant.expires_at = std::chrono::floor<seconds>(at(seconds(1'000)));
        REQUIRE(storage().add_short_token(token, at(seconds(0)), make_audit()));
        REQUIRE(revoke(label));
    }
    Result<void> revoke(const std::string& viewer) {
        return storage().revoke_playback(
            {RevokedBy::kViewer, viewer, at(seconds(1)), at(seconds(1'000))}, at(seconds(0)),
            make_audit());
    }
    void add_viewer(const std::string& label) {
        Viewer viewer;
        viewer.id = ConnectionId{"viewer-" + label};
        viewer.node = "default";
        viewer.path = "live/good";
        viewer.protocol = Protocol::kWebRtc;
        viewer.since = at(seconds(1));
        PlaybackGrant grant;
        grant.id = label;
        grant.issuer = "rescuestream";
        grant.paths = {"live/good"};
        grant.key_id = "good";
        grant.expires_at = std::chrono::floor<seconds>(at(seconds(1'000)));
        viewer.grants = {grant};
        REQUIRE(storage().add_viewers({viewer}, {}));
    }
    void add_attempt(const std::string& label) {
        RefusedAttempt attempt;
        attempt.id = new_id<RefusedAttemptId>();
        attempt.network = attempt.remote_address = "192.0.2.7";
        attempt.protocol = Protocol::kRtmp;
        attempt.path = "live/" + label;
        attempt.reason = "unknown_key";
        attempt.first_at = attempt.last_at = at(seconds(1));
        REQUIRE(storage().add_refused_attempts({attempt}, {5'000, at(seconds(0))}));
    }
    void add_node(const std::string& name) {
        Node node;
        node.name = name;
        node.api_url = "http://" + name + ".example:9997";
        node.created_at = node.updated_at = at(seconds(1));
        REQUIRE(storage().create_node(node, make_audit()));
    }

    BroadcasterId bad_owner;
    BroadcasterId good_owner;
    Incident bad_incident;
    Incident good_incident;
    StreamKeyRow bad_key;
    StreamKeyRow good_key;
    StreamKeyRow gone_key;
    Stream bad_stream;
    Stream good_stream;
    GuestLinkRow bad_link;
    GuestLinkRow good_link;
};

/// One value that is written badly.
struct Damage {
    enum class In { kBoth, kSqlite, kPostgres };
    std::string table;
    std::string column;
    std::string value;  ///< In SQL.
    std::string where;
    In in = In::kBoth;
    /// Requires something of the damaged record.
    std::function<void(DamagedRowsCase&)> check = {};

    bool is_possible() const {
        if (in == In::kBoth) return true;
        return (in == In::kSqlite) == (backend().name() == "sqlite");
    }
    void execute() const {
        backend().execute("UPDATE " + table + " SET " + column + " = " + value + " WHERE " + where);
    }
};

template <class T>
void check_names_row(const Result<T>& result, const Damage& damage) {
    REQUIRE_FALSE(result.has_value());
    CHECK(is_about_unreadable_row(result.error()));
    CHECK(result.error().message.find("column " + damage.column) != std::string::npos);
    CHECK(result.error().message.find("table " + damage.table) != std::string::npos);
}

void check_bad_key(DamagedRowsCase& c) {
    CHECK_FALSE(c.storage().find_stream_key(c.bad_key.key.id));
    // Nobody publishes with it, who watches is asked for a token, and it can be revoked.
    CHECK(c.decide(DamagedRowsCase::make_request(c.bad_key, "of another")) ==
          ClaimDecision::kDisabled);
    StreamKeyChange change;
    change.id = c.bad_key.key.id;
    change.label = "new";
    CHECK_FALSE(
        c.storage().update_stream_key(change, StorageCase::at(seconds(30)), c.make_audit()));
    const auto revoked = c.storage().revoke_stream_key(
        c.bad_key.key.id, StorageCase::at(seconds(30)), c.make_audit());
    REQUIRE(revoked);
    CHECK(revoked->changed);
    CHECK(revoked->cutoffs.size() == 1);
}

// What cannot be read does not decide who may publish.
void check_key_works(DamagedRowsCase& c) {
    CHECK_FALSE(c.storage().find_stream_key(c.bad_key.key.id));
    CHECK(c.decide(DamagedRowsCase::make_request(c.bad_key, "of another")) ==
          ClaimDecision::kGranted);
    CHECK(c.session(c.bad_key).key.is_usable_at(StorageCase::at(seconds(30))));
    const auto revoked = c.storage().revoke_stream_key(
        c.bad_key.key.id, StorageCase::at(seconds(30)), c.make_audit());
    REQUIRE(revoked);
    CHECK(revoked->changed);
}

void check_key_is_refused(DamagedRowsCase& c) {
    CHECK(c.decide(DamagedRowsCase::make_request(c.bad_key, "of another")) !=
          ClaimDecision::kGranted);
    const StreamKey key = c.session(c.bad_key).key;
    const Timestamp now = StorageCase::at(seconds(30));
    CHECK((!key.is_usable_at(now) || key.is_blocked_at(now)));
    const auto done = c.storage().revoke_stream_key(c.bad_key.key.id, now, c.make_audit());
    CHECK(done.has_value());
}

void check_policy_is_signed(DamagedRowsCase& c) {
    const auto facts = c.storage().key_facts_after("", 100).value();
    const auto fact = std::find_if(facts.facts.begin(), facts.facts.end(), [&](const auto& each) {
        return each.stream_key_id == c.bad_key.key.id;
    });
    REQUIRE(fact != facts.facts.end());
    CHECK(rules::playback_policy_of(fact->policies) == PlaybackPolicy::kSigned);
    check_bad_key(c);
}

void check_stream_goes_on(DamagedRowsCase& c) {
    // A poll, which reads the open sessions, has repaired the row.
    const Session session = c.session(c.bad_key);
    REQUIRE(session.stream);
    CHECK(session.stream->id == c.bad_stream.id);
    CHECK(session.stream->source_id == c.bad_stream.source_id);
    CHECK(c.storage().find_stream(c.bad_stream.id));
    const auto live = c.storage().list_streams(StreamFilter::live(), {}).value().items;
    CHECK(has(live, [&](const Stream& each) { return each.id == c.bad_stream.id; }));
}

void check_another_stream_begins(DamagedRowsCase& c) {
    CHECK_FALSE(c.session(c.bad_key).stream);
    c.commit_stream(c.bad_key, c.make_stream(c.bad_key.key, "of bad"));
    CHECK(c.session(c.bad_key).stream);
}

void check_bad_owner(DamagedRowsCase& c) {
    CHECK_FALSE(c.storage().find_broadcaster(c.bad_owner));
    const auto disabled = c.storage().set_broadcaster_disabled(
        c.bad_owner, true, StorageCase::at(seconds(30)), c.make_audit());
    REQUIRE(disabled);
    CHECK(disabled->cutoffs.size() == 1);
    const auto deleted = c.storage().delete_broadcaster(
        c.bad_owner, true, StorageCase::at(seconds(31)), c.make_audit());
    CHECK(deleted.has_value());
}

void check_bad_credential(DamagedRowsCase& c) {
    const ApiCredentialId id{"badaaaaaaaa"};
    const auto facts = c.storage().credential_facts_unless(0).value().value();
    CHECK_FALSE(has(facts.rows, [&](const auto& row) { return row.credential.id == id; }));
    ApiCredentialChange label;
    label.label = "new";
    const auto now = StorageCase::at(seconds(30));
    CHECK_FALSE(c.storage().change_credential(id, label, now, c.make_audit()));
    ApiCredentialChange revocation;
    revocation.revoke = true;
    const auto revoked = c.storage().change_credential(id, revocation, now, c.make_audit());
    REQUIRE(revoked);
    CHECK(revoked->revoked_at == now);
    CHECK(c.storage().delete_credential(id, nullptr, c.make_audit()).has_value());
}

void check_bad_link(DamagedRowsCase& c) {
    CHECK_FALSE(c.storage().find_guest_link(c.bad_link.link.id));
    CHECK_FALSE(c.storage().find_guest_link(c.bad_link.digest));
    const auto closed = c.storage().close_guest_link(c.bad_link.link.id,
                                                     StorageCase::at(seconds(30)), c.make_audit());
    REQUIRE(closed);
    CHECK(closed->closed_at.has_value());
}

void check_bad_incident(DamagedRowsCase& c) {
    CHECK_FALSE(c.storage().find_incident(c.bad_incident.id));
    const auto closed = c.storage().close_incident(
        c.bad_incident.id, {StorageCase::at(seconds(30)), "ada"}, c.make_audit());
    REQUIRE(closed);
    CHECK(closed->changed);
}

void check_bad_playback_key(DamagedRowsCase& c) {
    // Followers forget what they know of it.
    const auto changes = c.storage().playback_changes_after(-1).value();
    for (const auto& key : changes.keys) CHECK((key.id == "good") == !key.public_key.empty());
    CHECK(c.storage().end_playback_key("bad", StorageCase::at(seconds(30)), c.make_audit()));
}

void check_bad_revocation(DamagedRowsCase& c) {
    const auto changes = c.storage().playback_changes_after(-1).value();
    CHECK(has(changes.revocations, [](const PlaybackRevocation& each) {
        return each.by == RevokedBy::kViewer && each.value == "bad" &&
               each.revoked_at > StorageCase::at(seconds(100));
    }));
}

void check_bad_token(DamagedRowsCase& c) {
    for (const auto& token : c.storage().playback_changes_after(-1).value().short_tokens) {
        if (token.grant.id != "good") CHECK(token.grant.expires_at == Timestamp{});
    }
}

void check_bad_viewer(DamagedRowsCase& c) {
    CHECK(c.storage().remove_viewer(ConnectionId{"viewer-bad"}, StorageCase::at(seconds(30)),
                                    c.make_audit()));
}

void check_cutoff_is_carried_out(DamagedRowsCase& c) {
    const auto pending = c.pending();
    const auto cutoff = std::find_if(pending.begin(), pending.end(), [&](const Cutoff& each) {
        return each.stream_key_id == c.bad_key.key.id;
    });
    REQUIRE(cutoff != pending.end());
    CHECK(c.storage().finish_cutoff(*cutoff, StorageCase::at(seconds(30)), std::nullopt));
    CHECK_FALSE(has(c.pending(),
                    [&](const Cutoff& each) { return each.stream_key_id == c.bad_key.key.id; }));
}

const std::string kWord = "'gar\x1b[2Jbage'";
const std::string kNoJson = "'{\"a\":'";
const std::string kNoUuid = "x'0011'";

std::vector<Damage> damages() {
    using In = Damage::In;
    const std::string no_time = backend().name() == "sqlite" ? "9223372036854775807" : "'infinity'";
    const std::string key = "playback_path = 'live/bad'";
    const std::string stream = "path = 'live/bad'";
    const std::string owner = "display_name = 'bad'";
    const std::string name = "name = 'bad'";
    const std::string label = "label = 'bad'";
    const std::string of_bad = "connection_id = 'of bad'";
    return {
        {"broadcasters", "metadata", kNoJson, owner, In::kBoth, check_bad_owner},
        {"broadcasters", "created_at", no_time, owner, In::kBoth, check_bad_owner},
        {"broadcasters", "incident_id", kNoUuid, owner, In::kSqlite, check_bad_owner},
        {"stream_keys", "policies", kNoJson, key, In::kBoth, check_policy_is_signed},
        {"stream_keys", "policies", "'{\"playback_policy\":\"x\"}'", key, In::kBoth,
         check_policy_is_signed},
        {"stream_keys", "on_duplicate", kWord, key, In::kBoth, check_bad_key},
        {"stream_keys", "created_at", no_time, key, In::kBoth, check_key_works},
        {"stream_keys", "incident_id", kNoUuid, key, In::kSqlite, check_key_works},
        {"stream_keys", "broadcaster_id", kNoUuid, key, In::kSqlite},
        {"stream_keys", "revoked_at", no_time, key, In::kBoth, check_key_is_refused},
        {"stream_keys", "expires_at", "'-infinity'", key, In::kPostgres, check_key_is_refused},
        {"stream_keys", "blocked_until", no_time, key, In::kBoth, check_key_is_refused},
        {"stream_keys", "owner_protocol", kWord, "playback_path = 'live/held'"},
        {"streams", "state", kWord, stream, In::kBoth, check_stream_goes_on},
        {"streams", "observed_by", kWord, stream, In::kBoth, check_stream_goes_on},
        {"streams", "end_reason", kWord, stream, In::kBoth, check_stream_goes_on},
        {"streams", "metadata", kNoJson, stream, In::kBoth, check_stream_goes_on},
        {"streams", "started_at", no_time, stream, In::kBoth, check_stream_goes_on},
        {"streams", "broadcaster_id", kNoUuid, stream, In::kSqlite, check_stream_goes_on},
        {"streams", "id", kNoUuid, stream, In::kSqlite, check_another_stream_begins},
        {"stream_transitions", "kind", kWord, "sequence = 2"},
        {"stream_transitions", "source", kWord, "sequence = 2"},
        {"cutoffs", "protocol", kWord, of_bad, In::kBoth, check_cutoff_is_carried_out},
        {"cutoffs", "reason", kWord, of_bad, In::kBoth, check_cutoff_is_carried_out},
        {"cutoffs", "decided_by", kWord, of_bad, In::kBoth, check_cutoff_is_carried_out},
        {"incidents", "metadata", kNoJson, name, In::kBoth, check_bad_incident},
        {"guest_links", "targets", kNoJson, label, In::kBoth, check_bad_link},
        {"guest_links", "expires_at", no_time, label, In::kBoth},
        {"credentials", "allowed_addresses", kWord, label, In::kBoth, check_bad_credential},
        {"credentials", "broadcasters", kWord, label, In::kBoth, check_bad_credential},
        {"credentials", "updated_at", no_time, label, In::kBoth, check_bad_credential},
        {"playback_keys", "algorithm", kWord, "id = 'bad'", In::kBoth, check_bad_playback_key},
        {"playback_keys", "paths", kNoJson, "id = 'bad'", In::kBoth, check_bad_playback_key},
        {"playback_tokens", "claims", kNoJson, "claims LIKE '%bad%'", In::kBoth, check_bad_token},
        {"playback_revocations", "kind", kWord, "value = 'bad'", In::kBoth, check_bad_revocation},
        {"playback_revocations", "revoked_at", no_time, "value = 'bad'", In::kBoth,
         check_bad_revocation},
        {"viewers", "protocol", kWord, "id = 'viewer-bad'", In::kBoth, check_bad_viewer},
        {"viewers", "grants", "'x {'", "id = 'viewer-bad'", In::kBoth, check_bad_viewer},
        {"refused_attempts", "action", kWord, stream},
        {"refused_attempts", "protocol", kWord, stream},
        {"refused_attempts", "id", kNoUuid, stream, In::kSqlite},
        {"unknown_sources", "protocol", kWord, "connection_id = 'u-bad'"},
        {"nodes", "created_at", no_time, name, In::kBoth},
    };
}

// Everything that reads many rows gives the good ones.
void check_reads(DamagedRowsCase& c) {
    Storage& storage = c.storage();
    const auto is = [](const auto& id) {
        return [id](const auto& record) { return record.id == id; };
    };
    const StreamKeyId good = c.good_key.key.id;
    CHECK(has(storage.list_broadcasters({}).value().items, is(c.good_owner)));
    CHECK(has(storage.list_stream_keys({}, {}).value().items, is(good)));
    const auto list = storage.key_list_after("").value();
    CHECK(
        has(list.entries, [&](const auto& each) { return each.key.id == good && !each.removed; }));
    const auto removed = std::count_if(list.entries.begin(), list.entries.end(),
                                       [](const auto& each) { return each.removed; });
    CHECK(list.count + static_cast<std::size_t>(removed) == list.entries.size());
    CHECK(has(storage.list_streams(StreamFilter::live(), {}).value().items, is(c.good_stream.id)));
    CHECK(has(storage.list_streams({}, {}).value().items, is(c.good_stream.id)));
    CHECK(has(storage.open_sessions("default").value(),
              [&](const Session& session) { return session.key.id == good; }));
    CHECK(has(c.pending(),
              [&](const Cutoff& each) { return each.stream_key_id == c.gone_key.key.id; }));
    const auto facts = storage.key_facts_after("", 100).value();
    CHECK(facts.complete);
    CHECK(has(facts.facts, [&](const KeyFact& fact) { return fact.stream_key_id == good; }));
    const ApiCredentialId credential{"goodaaaaaaaa"};
    const auto credentials = storage.credential_facts_unless(0).value().value();
    CHECK(has(credentials.rows, [&](const auto& row) { return row.credential.id == credential; }));
    CHECK(has(credentials.sessions,
              [&](const auto& session) { return session.credential_id == credential; }));
    CHECK(has(storage.list_credentials().value(), is(credential)));
    const auto playback = storage.playback_changes_after(-1).value();
    CHECK(has(playback.keys, is(std::string("good"))));
    CHECK(has(playback.short_tokens, [](const auto& each) { return each.grant.id == "good"; }));
    CHECK(has(playback.revocations, [](const auto& each) { return each.value == "good"; }));
    CHECK(has(storage.list_playback_keys().value(), is(std::string("good"))));
    const ConnectionId viewer{"viewer-good"};
    CHECK(has(storage.viewers_after(-1).value().viewers, is(viewer)));
    CHECK(has(storage.list_viewers({}, {}).value().items, is(viewer)));
    CHECK(has(storage.list_refused_attempts({}).value(),
              [](const auto& each) { return each.path == "live/good"; }));
    CHECK(has(storage.list_incidents({}, {}).value().items, is(c.good_incident.id)));
    CHECK(has(storage.list_guest_links({}, {}).value().items, is(c.good_link.link.id)));
    CHECK(storage.list_nodes().value().size() == 2);
    CHECK(has(storage.find_node_standing("default", DamagedRowsCase::kUrl).value().unknown,
              [](const auto& each) { return each.connection.value == "u-good"; }));
    CHECK(storage.list_audit({}).has_value());
    // Also in pages of one row each.
    std::size_t keys = 0;
    PageRequest page{1, std::nullopt};
    do {
        const auto part = storage.list_stream_keys({}, page);
        REQUIRE(part);
        keys += part->items.size();
        page.after = part->next;
    } while (page.after);
    CHECK(keys == storage.list_stream_keys({}, {}).value().items.size());
}

// Everything that changes something else works.
void check_changes(DamagedRowsCase& c) {
    Storage& storage = c.storage();
    const Timestamp now = StorageCase::at(seconds(40));
    CHECK(c.revoke("another"));
    CHECK(c.decide(DamagedRowsCase::make_request(c.add_key(), "new")) == ClaimDecision::kGranted);
    c.add_attempt("another");
    const auto revoked = storage.revoke_stream_key(c.good_key.key.id, now, c.make_audit());
    REQUIRE(revoked);
    CHECK(revoked->cutoffs.size() == 1);
    CHECK(storage.set_broadcaster_disabled(c.bad_owner, true, now, c.make_audit()).has_value());
    CHECK(storage.delete_broadcaster(c.bad_owner, true, now, c.make_audit()).has_value());
    CHECK(storage.close_incident(c.good_incident.id, {now, "ada"}, c.make_audit()).has_value());
}

}  // namespace

TEST_CASE("a row that cannot be read is left out or refused by itself") {
    if (!backend().is_persistent()) return;  // memory has no rows
    for (const auto& damage : damages()) {
        if (!damage.is_possible()) continue;
        DamagedRowsCase c;
        CAPTURE(damage.table);
        CAPTURE(damage.column);
        CAPTURE(damage.value);
        check_reads(c);
        CHECK(c.storage().figures().unreadable_rows.empty());
        damage.execute();
        check_reads(c);
        if (damage.check) damage.check(c);
    }
}

TEST_CASE("others can be changed beside a row that cannot be read, which the log names once") {
    if (!backend().is_persistent()) return;
    for (const auto& damage : damages()) {
        if (!damage.is_possible()) continue;
        DamagedRowsCase c;
        CAPTURE(damage.table);
        CAPTURE(damage.column);
        CAPTURE(damage.value);
        damage.execute();
        LinesAboutRows lines;
        c.reopen(&lines);
        check_reads(c);
        check_reads(c);
        CHECK(c.storage().list_transitions(c.bad_stream.id, {}).has_value() ==
              !(damage.table == "streams" && damage.column == "id"));
        const auto rows = c.storage().figures().unreadable_rows;
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].table == damage.table);
        CHECK(rows[0].column == damage.column);
        CHECK(rows[0].id.empty() ==
              (damage.column == "id" || damage.table == "playback_revocations"));
        CHECK(lines.count == 1);
        check_changes(c);
        c.reopen(nullptr);
    }
}

TEST_CASE_FIXTURE(DamagedRowsCase, "a search for a record that cannot be read names its row") {
    if (!backend().is_persistent()) return;
    const auto spoil = [](const Damage& damage) {
        damage.execute();
        return damage;
    };
    const auto key = spoil({"stream_keys", "policies", kNoJson, "playback_path = 'live/bad'"});
    check_names_row(storage().find_stream_key(bad_key.key.id), key);
    const auto owner = spoil({"broadcasters", "metadata", kNoJson, "display_name = 'bad'"});
    check_names_row(storage().find_broadcaster(bad_owner), owner);
    const auto stream = spoil({"streams", "observed_by", kWord, "path = 'live/bad'"});
    check_names_row(storage().find_stream(bad_stream.id), stream);
    const auto incident = spoil({"incidents", "metadata", kNoJson, "name = 'bad'"});
    check_names_row(storage().find_incident(bad_incident.id), incident);
    const auto link = spoil({"guest_links", "targets", kNoJson, "label = 'bad'"});
    check_names_row(storage().find_guest_link(bad_link.link.id), link);
}

}  // namespace damaged_rows_test
