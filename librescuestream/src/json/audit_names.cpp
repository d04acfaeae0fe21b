#include "json/audit_names.hpp"

#include <string>

#include "json/writer.hpp"
#include "support/redaction.hpp"

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

AuditEntry with_key_names(AuditEntry entry, const StreamKey& key,
                          std::string_view broadcaster_name) {
    entry.metadata =
        with_names(entry.metadata, {{"broadcaster_name", broadcaster_name},
                                    {"key_name", key.label.empty() ? key.playback_path : key.label},
                                    {"playback_path", key.playback_path}});
    return entry;
}

}  // namespace rescuestream::json
