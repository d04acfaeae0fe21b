#include "json/audit_names.hpp"

#include <string>

#include "json/writer.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream::json {

JsonObject with_names(const JsonObject& metadata, AuditNames names) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    for (const auto& [name, value] : names) member(writer, name, redact_key_values(value));
    writer.EndObject();
    const std::string added(buffer.GetString(), buffer.GetSize());
    const std::string& known = metadata.text();
    if (known == "{}") return JsonObject::parse(added).value_or(metadata);
    if (names.size() == 0) return metadata;
    return JsonObject::parse(known.substr(0, known.size() - 1) + "," + added.substr(1))
        .value_or(metadata);
}

}  // namespace rescuestream::json
