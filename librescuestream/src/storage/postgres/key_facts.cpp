#include "storage/postgres/key_facts.hpp"

#include <charconv>
#include <optional>
#include <sstream>

#include "storage/sql/claim_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::postgres {
namespace {

const std::string kFactColumns = "now.snapshot, now.origin, k.fact_xid, " + sql::kKeyFactColumns;
constexpr sql::RowSource kFactRows{"stream_keys", &kFactColumns};

// $1, $2: transaction and key of the previous fact. $3: a snapshot; transactions that are visible
// in it were read before, those in progress at its time were not. Always returns a row.
const std::string kFactsAfter =
    "SELECT now.snapshot, now.origin, k.* FROM (SELECT CAST(pg_current_snapshot() AS text) AS "
    "snapshot, " +
    kOrigin + " AS origin) now LEFT JOIN (SELECT k.fact_xid, " + sql::kKeyFactColumns +
    " FROM stream_keys k WHERE (k.fact_xid, k.id) > (CAST($1 AS xid8), CAST($2 AS uuid)) "
    "AND NOT pg_visible_in_snapshot(k.fact_xid, CAST($3 AS pg_snapshot)) "
    "ORDER BY k.fact_xid, k.id LIMIT $4) k ON TRUE ORDER BY k.fact_xid, k.id";

// Rows from another cluster may have transaction numbers that this cluster has not used yet.
const std::string kTakeOverForeignFacts =
    "UPDATE stream_keys SET fact_xid = pg_current_xact_id() "
    "WHERE fact_xid >= pg_snapshot_xmax(pg_current_snapshot())";

constexpr const char* kNothingSeen = "1:1:";  // a snapshot from before the first transaction

/// The parts of KeyFacts::next.
struct Place {
    std::string origin;
    std::string seen = kNothingSeen;  ///< Snapshot: transactions that are visible in it were read.
    // During a reading:
    std::string first;  ///< Snapshot of its first part; empty: no reading is in progress.
    std::string transaction;
    std::string key;

    std::string write() const {
        std::string text = origin + " " + seen;
        if (!first.empty()) text += " " + first + " " + transaction + " " + key;
        return text;
    }
    static Place read(const std::string& text) {
        Place place;
        std::istringstream in(text);
        if (!(in >> place.origin >> place.seen)) return {};
        in >> place.first >> place.transaction >> place.key;
        return place;
    }
};

// Returns the oldest transaction in progress at the time of `snapshot` ("xmin:xmax:list").
std::string oldest_running(const std::string& snapshot) {
    return snapshot.substr(0, snapshot.find(':'));
}

struct Piece {
    KeyFacts facts;
    std::string snapshot;
    std::string origin;
    std::string transaction;  // of the last fact
};

Piece read_piece(sql::Connection& connection, const Place& place, std::size_t limit,
                 sql::UnreadableRows& unreadable) {
    const bool goes_on = !place.first.empty();
    const auto rows = connection.run(
        kFactsAfter, {goes_on ? place.transaction : oldest_running(place.seen),
                      goes_on ? place.key : Uuid().to_string(), place.seen, sql::count_of(limit)});
    Piece piece;
    piece.snapshot = rows->text(0, 0);
    piece.origin = rows->text(0, 1);
    if (rows->is_null(0, 2)) return piece;
    // A key that cannot be read is one that nobody may use.
    const auto read = [&](sql::RowReader row) {
        row.skip(2);
        piece.transaction = row.text();
        KeyFact fact = sql::read_key_fact(row);
        std::from_chars(piece.transaction.data(),
                        piece.transaction.data() + piece.transaction.size(), fact.revision);
        return fact;
    };
    piece.facts.facts = sql::read_leniently(*rows, kFactRows, &unreadable, read);
    return piece;
}

}  // namespace

// Decision record 0013.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place_text,
                         std::size_t limit, sql::UnreadableRows& unreadable) {
    Place place = Place::read(place_text);
    bool from_start = place.origin.empty();
    if (from_start) connection.run(kTakeOverForeignFacts, {});
    Piece piece = read_piece(connection, place, limit, unreadable);
    if (!from_start && piece.origin != place.origin) {
        from_start = true;
        place = {};
        connection.run(kTakeOverForeignFacts, {});
        piece = read_piece(connection, place, limit, unreadable);
    }
    KeyFacts found = std::move(piece.facts);
    found.from_start = from_start;
    found.complete = found.facts.size() < limit;
    Place next;
    next.origin = piece.origin;
    const std::string& first = place.first.empty() ? piece.snapshot : place.first;
    if (found.complete) {
        // Some of the transactions that committed meanwhile may have been read already; they are
        // read again.
        next.seen = first;
    } else {
        next.seen = place.seen;
        next.first = first;
        next.transaction = piece.transaction;
        next.key = found.facts.back().stream_key_id.to_string();
    }
    found.next = next.write();
    return found;
}

}  // namespace rescuestream::postgres
