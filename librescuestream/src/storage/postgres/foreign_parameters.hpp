#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"

namespace rescuestream::postgres {

/// A parameter that was removed.
struct ForeignParameterNote {
    std::string_view name;     ///< A constant.
    std::string_view meaning;  ///< What becomes of it.
};

/// An address whose parameters libpq knows.
struct NativeAddress {
    std::string uri;
    bool names_pooler = false;  ///< A removed parameter says that there is a pooler.
    std::vector<ForeignParameterNote> notes;
};

/// Removes parameters from the query of a URI that only clients other than libpq know, and whose
/// meaning is plain: those of Go's pgx and pq, and Prisma's. kInvalidArgument: another parameter is
/// unknown; the message names it.
Result<NativeAddress> without_foreign_parameters(std::string_view uri);

}  // namespace rescuestream::postgres
