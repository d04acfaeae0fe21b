#include "storage/postgres/key_list.hpp"

#include "storage/postgres/key_facts.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::postgres {
namespace {

// A row, whatever follows: the place after this reading, and how many keys the list has.
const std::string kState =
    "SELECT now.next, now.count, k.deleted_at IS NOT NULL, " + sql::kKeyColumns + " FROM (SELECT " +
    kOrigin +
    " || ' ' || pg_snapshot_xmin(pg_current_snapshot()) AS next, (SELECT count(*) "
    "FROM stream_keys c WHERE c.deleted_at IS NULL) AS count) now LEFT JOIN stream_keys k ON ";
constexpr int kFirstKeyColumn = 3;

const std::string kWholeList = kState + "k.deleted_at IS NULL";

// Each version of a row bears the transaction that wrote it (the system column xmin), whatever it
// changed and however. What an earlier snapshot did not show was written by a transaction that is
// not older than the oldest that ran then, or by a part of one (a subtransaction). No index knows
// of it, for every claim would have to write that: the table is read here, as it is for the whole
// list, and only what changed is sent. `age` compares transactions across the wraparound of xmin.
const std::string kChangedSince =
    kState + "age(k.xmin) <= (SELECT age(CAST(CAST($1 AS xid8) AS xid)))";

}  // namespace

// Decision record 0019.
KeyListChanges key_list_after(sql::Connection& connection, const std::string& place) {
    const auto space = place.find(' ');
    KeyListChanges changes;
    changes.from_start = space == std::string::npos;
    auto rows = changes.from_start ? connection.run(kWholeList, {})
                                   : connection.run(kChangedSince, {place.substr(space + 1)});
    changes.next = rows->text(0, 0);
    if (!changes.from_start && !changes.next.starts_with(place.substr(0, space + 1))) {
        changes.from_start = true;
        rows = connection.run(kWholeList, {});
        changes.next = rows->text(0, 0);
    }
    changes.count = static_cast<std::size_t>(rows->integer(0, 1));
    if (rows->is_null(0, kFirstKeyColumn)) return changes;
    changes.entries = sql::read_all(*rows, [](sql::RowReader row) {
        row.skip(2);
        KeyListChanges::Entry entry;
        entry.removed = row.boolean();
        entry.key = sql::read_key(row);
        return entry;
    });
    return changes;
}

}  // namespace rescuestream::postgres
