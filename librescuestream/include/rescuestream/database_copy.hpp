#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Where a copy of a database stands.
struct CopyProgress {
    enum class Phase { kCopying, kVerifying };

    Phase phase = Phase::kCopying;
    std::string_view table;  ///< "stream_keys".
    std::uint64_t rows = 0;  ///< Rows of this table so far.
    std::uint64_t of = 0;    ///< Rows of this table in all.
};

/// One table after the copy. Both databases have these rows: their digests were compared.
struct CopiedTable {
    std::string name;
    std::uint64_t rows = 0;
    /// Of all values of all rows, in hexadecimal digits. It depends neither on the kind of the
    /// database nor on the order of its rows.
    std::string digest;

    bool operator==(const CopiedTable&) const = default;
};

struct DatabaseCopy {
    std::string from;  ///< Address without a credential.
    std::string to;
    bool resumed = false;   ///< An earlier copy, which had been interrupted, was continued.
    bool repeated = false;  ///< It was made anew, because its source had been changed since.
    /// The other programs that use the source, as far as the system shows them; what they wrote
    /// after the copy began is missing in it. Empty: none was seen.
    std::string source_users;
    std::vector<CopiedTable> tables;
};

/// Copies the whole content of the database `from` into the database `to`, of the same kind or of
/// another one: `sqlite:PATH` or `postgresql://…`. It copies the state of one moment; `from` is
/// only read, and other programs may use it meanwhile, but what they write afterwards is not
/// copied.
///
/// `to` must be empty, or an unfinished copy of the same database, which is continued. Its schema
/// is created. Until the copy is complete and verified, every program refuses to use `to`. It uses
/// a small, constant amount of memory, and calls `progress` after each batch of rows.
///
/// kInvalidArgument: an address cannot be read, or both name the same database. kUnsupported: an
/// address names a database in memory. kNotFound: there is no SQLite file `from`. kConflict: `to`
/// is not empty, or an unfinished copy of another database, or `from` does not have the schema of
/// this program. kUnavailable, kTimeout, kStorageFull, kUnauthorized: a database cannot be used;
/// calling this again continues the copy.
Result<DatabaseCopy> copy_database(std::string_view from, std::string_view to, Timestamp now,
                                   const std::function<void(const CopyProgress&)>& progress = {});

}  // namespace rescuestream
