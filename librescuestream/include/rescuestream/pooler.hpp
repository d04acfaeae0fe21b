#pragma once

namespace rescuestream {

/// Whether a connection pooler, such as PgBouncer, stands between this program and PostgreSQL.
enum class Pooler {
    kAuto,  ///< Each connection is examined.
    kYes,
    kNo,  ///< A pooler that is found nevertheless is an error.
};

}  // namespace rescuestream
