#include "rescuestream/storage.hpp"

#include <string>
#include <utility>

#include "storage/memory/memory_storage.hpp"
#include "storage/postgres/postgres_storage.hpp"
#include "storage/sqlite/address.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace {

// No message repeats the address itself, because it may contain a password.
Error bad_address(std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

Result<std::unique_ptr<Storage>> open_sqlite(std::string_view rest, const StorageOptions& options) {
    const auto path = sqlite::path_in_address(rest);
    if (!path) return path.error();
    return open_sqlite_storage(*path, options);
}

}  // namespace

Result<std::unique_ptr<Storage>> open_storage(std::string_view uri, const StorageOptions& options) {
    if (!is_clean_utf8(uri)) return bad_address("A storage address must be valid UTF-8.");
    const auto colon = uri.find(':');
    if (colon == std::string_view::npos) {
        return bad_address(
            "A storage address begins with memory:, sqlite: or postgresql://, for example "
            "sqlite:data.db.");
    }
    const std::string_view scheme = uri.substr(0, colon);
    const std::string_view rest = uri.substr(colon + 1);
    if (scheme == "memory") {
        if (!rest.empty()) return bad_address("Nothing may follow memory: in a storage address.");
        return make_memory_storage();
    }
    if (scheme == "sqlite") return open_sqlite(rest, options);
    if (scheme == "postgresql" || scheme == "postgres") {
        if (!rest.starts_with("//")) {
            return bad_address("A PostgreSQL address begins with postgresql://.");
        }
        return open_postgres_storage(uri, options);
    }
    return bad_address(
        "There is no storage of this kind; an address begins with memory:, sqlite: or "
        "postgresql://.");
}

}  // namespace rescuestream
