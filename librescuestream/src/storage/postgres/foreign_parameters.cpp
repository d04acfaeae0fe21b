#include "storage/postgres/foreign_parameters.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>

namespace rescuestream::postgres {
namespace {

constexpr const char* kNotUsed =
    "is not used: connections are opened when they are needed and kept";

constexpr std::array kForeign{
    ForeignParameterNote{"pool_max_conns",
                         "is not used: DATABASE_CONNECTIONS sets the number of connections"},
    ForeignParameterNote{"connection_limit",
                         "is not used: DATABASE_CONNECTIONS sets the number of connections"},
    ForeignParameterNote{"pool_min_conns", kNotUsed},
    ForeignParameterNote{"pool_min_idle_conns", kNotUsed},
    ForeignParameterNote{"pool_max_conn_lifetime", kNotUsed},
    ForeignParameterNote{"pool_max_conn_lifetime_jitter", kNotUsed},
    ForeignParameterNote{"pool_max_conn_idle_time", kNotUsed},
    ForeignParameterNote{"pool_health_check_period", kNotUsed},
    ForeignParameterNote{"pool_timeout", kNotUsed},
    ForeignParameterNote{"statement_cache_capacity",
                         "is not used: every statement is prepared once for a connection"},
    ForeignParameterNote{"description_cache_capacity",
                         "is not used: every statement is prepared once for a connection"},
    ForeignParameterNote{"statement_cache_mode",
                         "is not used: DATABASE_POOLER says whether statements are prepared"},
    ForeignParameterNote{
        "default_query_exec_mode",
        "is understood as DATABASE_POOLER=yes for simple_protocol and exec, and not "
        "used otherwise"},
    ForeignParameterNote{"binary_parameters", "is not used"},
    ForeignParameterNote{"pgbouncer", "is understood as DATABASE_POOLER=yes for true"},
    ForeignParameterNote{"search_path",
                         "is not used: the tables are always in the schema rescuestream"},
    ForeignParameterNote{"schema", "is not used: the tables are always in the schema rescuestream"},
};

bool is_native(std::string_view name) {
    static const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconndefaults(), PQconninfoFree);
    if (name == "ssl") return true;  // libpq understands JDBC's ssl=true
    for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr;
         ++option) {
        if (name == option->keyword) return true;
    }
    return options == nullptr;
}

bool says_pooler(std::string_view name, std::string_view value) {
    if (name == "pgbouncer") return value == "true";
    return name == "default_query_exec_mode" && (value == "simple_protocol" || value == "exec");
}

Error unknown(std::string_view name) {
    return {ErrorCode::kInvalidArgument,
            "The PostgreSQL address has the parameter " + std::string(name) +
                ", which PostgreSQL's library libpq does not know: remove it.",
            {},
            {}};
}

}  // namespace

Result<NativeAddress> without_foreign_parameters(std::string_view uri) {
    NativeAddress address;
    const auto mark = uri.find('?');
    address.uri = uri.substr(0, mark);
    if (mark == std::string_view::npos) return address;
    std::string_view query = uri.substr(mark + 1);
    // Probably a password with a question mark that is not percent-encoded: libpq refuses the
    // address, and no message may repeat what looks like a parameter.
    if (query.find('@') != std::string_view::npos) {
        address.uri = uri;
        return address;
    }
    char before = '?';
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto parameter = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = parameter.find('=');
        const auto name = parameter.substr(0, equals);
        const auto value = equals == std::string_view::npos ? "" : parameter.substr(equals + 1);
        const auto* foreign = std::find_if(kForeign.begin(), kForeign.end(),
                                           [&](const auto& one) { return one.name == name; });
        if (foreign != kForeign.end()) {
            address.names_pooler = address.names_pooler || says_pooler(name, value);
            address.notes.push_back(*foreign);
            continue;
        }
        if (equals != std::string_view::npos && !is_native(name)) return unknown(name);
        address.uri += before + std::string(parameter);
        before = '&';
    }
    return address;
}

}  // namespace rescuestream::postgres
