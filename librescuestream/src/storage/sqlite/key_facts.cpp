#include "storage/sqlite/key_facts.hpp"

#include <charconv>

#include "storage/sql/claim_statements.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sqlite {
namespace {

const std::string kFactsAfter = "SELECT k.fact_version, " + sql::kKeyFactColumns +
                                " FROM stream_keys k WHERE k.fact_version > $1 "
                                "ORDER BY k.fact_version LIMIT $2";
const std::string kNewestFact = "SELECT coalesce(max(k.fact_version), 0) FROM stream_keys k";

}  // namespace

// A place is the version of the last fact before it. Versions are in the order of the commits,
// because there is only one writer at a time.
KeyFacts key_facts_after(sql::Connection& connection, const std::string& place, std::size_t limit) {
    std::int64_t version = 0;
    std::from_chars(place.data(), place.data() + place.size(), version);
    KeyFacts found;
    found.from_start = place.empty() || version > connection.run(kNewestFact, {})->integer(0, 0);
    if (found.from_start) version = 0;
    const auto rows = connection.run(kFactsAfter, {version, sql::count_of(limit)});
    found.facts = sql::read_all(*rows, [&](sql::RowReader row) {
        version = row.integer();
        KeyFact fact = sql::read_key_fact(row);
        fact.revision = version;
        return fact;
    });
    found.complete = found.facts.size() < limit;
    found.next = std::to_string(version);
    return found;
}

}  // namespace rescuestream::sqlite
