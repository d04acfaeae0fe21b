#include "storage/sqlite/address.hpp"

#include <utility>

namespace rescuestream::sqlite {
namespace {

Error bad_address(std::string message) {
    return Error{ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

}  // namespace

Result<std::string> path_in_address(std::string_view rest) {
    if (rest.empty()) {
        return bad_address("An SQLite address needs a file, for example sqlite:/var/lib/app.db.");
    }
    if (rest == ":memory:") {
        return bad_address("An SQLite database in memory is not supported: use memory: instead.");
    }
    // Other programs use sqlite:///a/b, which means /a/b. sqlite://a/b would mean //a/b, which is
    // never intended.
    if (rest.starts_with("//") && !rest.starts_with("///")) {
        return bad_address(
            "An SQLite address is sqlite:PATH, for example sqlite:data.db or sqlite:/srv/data.db.");
    }
    if (rest.starts_with("///")) rest.remove_prefix(2);
    return std::string(rest);
}

}  // namespace rescuestream::sqlite
