#include "storage/sqlite/key_facts.hpp"

#include <charconv>
#include <cstdint>
#include <limits>

#include "storage/sql/claim_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sqlite {
namespace {

const std::string kFactColumns = "k.fact_version, " + sql::kKeyFactColumns;
constexpr sql::RowSource kFactRows{"stream_keys", &kFactColumns};

const std::string kFactsAfter = "SELECT " + kFactColumns +
                                " FROM stream_keys k WHERE k.fact_version > $1 "
                                "ORDER BY k.fact_version LIMIT $2";
const std::string kNewestFact = "SELECT coalesce(max(k.fact_version), 0) FROM stream_keys k";

}  // namespace

// A place is the version of the last fact before it. Versions are in the order of the commits,
// because there is only one writer at a time.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place, std::size_t limit,
                         sql::UnreadableRows& unreadable) {
    // Another program may have written any number.
    constexpr std::int64_t kStart = std::numeric_limits<std::int64_t>::min();
    std::int64_t version = kStart;
    std::from_chars(place.data(), place.data() + place.size(), version);
    KeyFacts found;
    found.from_start = place.empty() || version > connection.run(kNewestFact, {})->integer(0, 0);
    if (found.from_start) version = kStart;
    const auto rows = connection.run(kFactsAfter, {version, sql::count_of(limit)});
    // A key that cannot be read is one that nobody may use.
    found.facts = sql::read_leniently(*rows, kFactRows, &unreadable, [&](sql::RowReader row) {
        version = row.integer();
        KeyFact fact = sql::read_key_fact(row);
        fact.revision = version;
        return fact;
    });
    found.complete = rows->size() < limit;
    found.next = std::to_string(version);
    return found;
}

}  // namespace rescuestream::sqlite
