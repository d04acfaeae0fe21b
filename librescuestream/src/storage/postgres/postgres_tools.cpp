#include "rescuestream/postgres_tools.hpp"

#include <libpq-fe.h>

#include <memory>

#include "storage/postgres/foreign_parameters.hpp"

namespace rescuestream {
namespace {

// Returns a value as it stands in a connection string, in quotes where they are needed.
std::string parameter_value(const std::string& value) {
    if (!value.empty() && value.find_first_of(" '\\") == std::string::npos) return value;
    std::string quoted = "'";
    for (const char c : value) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

}  // namespace

Result<ToolAddress> address_for_tools(std::string_view uri) {
    const auto native = postgres::without_foreign_parameters(uri);
    if (!native) return native.error();
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(native->uri.c_str(), nullptr), PQconninfoFree);
    if (!options) {
        return Error{ErrorCode::kInvalidArgument,
                     "The PostgreSQL address cannot be read; it looks like "
                     "postgresql://user@host:5432/database, with special characters "
                     "percent-encoded.",
                     {},
                     {}};
    }
    ToolAddress address;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string name = option->keyword;
        if (name == "password" || name == "sslpassword") {
            address.had_password = true;
            continue;
        }
        address.text +=
            (address.text.empty() ? "" : " ") + name + "=" + parameter_value(option->val);
    }
    return address;
}

}  // namespace rescuestream
