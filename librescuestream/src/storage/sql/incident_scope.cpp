#include "storage/sql/incident_scope.hpp"

#include <string_view>

namespace rescuestream::sql {
namespace {

std::string as_text(const Dialect& dialect, const std::string& uuid) {
    constexpr std::string_view kPlace = "$#";
    std::string text = dialect.uuid_as_text;
    for (auto at = text.find(kPlace); at != std::string::npos; at = text.find(kPlace)) {
        text.replace(at, kPlace.size(), uuid);
    }
    return text;
}

}  // namespace

std::string subjects_of_incident(const Dialect& dialect, const std::string& incident) {
    const auto part = [&](const std::string& column, const std::string& table,
                          const std::string& condition) {
        return "SELECT " + as_text(dialect, column) + " AS name FROM " + table + " WHERE " +
               condition + " = " + incident;
    };
    return part("i.id", "incidents i", "i.id") + " UNION " +
           part("b.id", "broadcasters b", "b.incident_id") + " UNION " +
           part("k.id", "stream_keys k", "k.incident_id") + " UNION " +
           part("s.id", "streams s", "s.incident_id") + " UNION " +
           part("s.stream_key_id", "streams s", "s.incident_id") + " UNION " +
           part("s.broadcaster_id", "streams s", "s.incident_id") + " UNION " +
           part("g.id", "guest_links g", "g.incident_id") + " UNION " +
           part("m.member_id", "incident_members m", "m.incident_id");
}

std::string keys_of_incident(const std::string& incident) {
    return "SELECT k.id FROM stream_keys k WHERE k.incident_id = " + incident +
           " UNION SELECT s.stream_key_id FROM streams s WHERE s.incident_id = " + incident +
           " UNION SELECT m.member_id FROM incident_members m WHERE m.incident_id = " + incident;
}

std::string during_incident(const std::string& incident, const std::string& from,
                            const std::string& to) {
    const auto time = [&](const char* column) {
        return std::string("(SELECT i.") + column + " FROM incidents i WHERE i.id = " + incident +
               ")";
    };
    return to + " >= " + time("created_at") + " AND " + from + " <= COALESCE(" + time("closed_at") +
           ", " + from + ")";
}

}  // namespace rescuestream::sql
