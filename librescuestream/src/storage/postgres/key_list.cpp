#include "storage/postgres/key_list.hpp"

#include <algorithm>
#include <vector>

#include "storage/postgres/key_facts.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::postgres {
namespace {

// Always a row: the place after this reading, and the number of keys in the list.
const std::string kListColumns =
    "now.next, now.count, k.deleted_at IS NOT NULL, " + sql::kKeyColumns;
constexpr sql::RowSource kListedKeys{"stream_keys", &kListColumns};
const std::string kState =
    "SELECT " + kListColumns + " FROM (SELECT " + kOrigin +
    " || ' ' || pg_snapshot_xmin(pg_current_snapshot()) AS next, (SELECT count(*) "
    "FROM stream_keys c WHERE c.deleted_at IS NULL) AS count) now LEFT JOIN stream_keys k ON ";
constexpr int kFirstKeyColumn = 3;

const std::string kWholeList = kState + "k.deleted_at IS NULL";

// Each version of a row contains the transaction that wrote it (the system column xmin). A version
// that an earlier snapshot did not show was written by a transaction that is not older than the
// oldest one in progress at that time, or by a subtransaction of one. There is no index on it,
// because every claim would have to update it. So the whole table is read here, as for the whole
// list, and only changed rows are sent. `age` compares transactions across the wraparound of xmin.
const std::string kChangedSince =
    kState + "age(k.xmin) <= (SELECT age(CAST(CAST($1 AS xid8) AS xid)))";

}  // namespace

// Decision record 0019.
KeyListChanges key_list_after(sql::Connection& connection, const std::string& place,
                              sql::UnreadableRows& unreadable) {
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
    if (rows->is_null(0, kFirstKeyColumn)) {
        changes.count -= std::min(changes.count, unreadable.count_left_out(changes, {}));
        return changes;
    }
    std::vector<StreamKeyId> left_out;
    const auto read = [&](sql::RowReader row) {
        row.skip(2);
        KeyListChanges::Entry entry;
        entry.removed = row.boolean();
        entry.key = sql::read_key(row);
        if (row.has_failed() && !entry.removed) {
            entry.removed = true;
            left_out.push_back(entry.key.id);
        }
        return entry;
    };
    changes.entries = sql::read_leniently(*rows, kListedKeys, &unreadable, read);
    changes.count -= std::min(changes.count, unreadable.count_left_out(changes, left_out));
    return changes;
}

}  // namespace rescuestream::postgres
