#include "storage/copy/open_endpoint.hpp"

#include "storage/postgres/copy_endpoint.hpp"
#include "storage/sqlite/address.hpp"
#include "storage/sqlite/copy_endpoint.hpp"

namespace rescuestream::copy {

Result<std::unique_ptr<Endpoint>> open_endpoint(std::string_view uri, bool is_source) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (uri.starts_with(kSqlite)) {
        const auto path = sqlite::path_in_address(uri.substr(kSqlite.size()));
        if (!path) return path.error();
        return sqlite::open_copy_endpoint(*path, is_source);
    }
    if (uri.starts_with("postgresql://") || uri.starts_with("postgres://")) {
        return postgres::open_copy_endpoint(uri);
    }
    if (uri == "memory:") {
        return Error{ErrorCode::kUnsupported, "A database in memory cannot be copied.", {}, {}};
    }
    return Error{ErrorCode::kInvalidArgument,
                 "A copy needs addresses such as sqlite:PATH or postgresql://user@host/database.",
                 {},
                 {}};
}

}  // namespace rescuestream::copy
