#include "rescuestream/audit_draft.hpp"

#include "json/audit_names.hpp"
#include "rescuestream/incidents.hpp"

namespace rescuestream {
namespace {

std::string_view name_of(const StreamKey& key) {
    return key.label.empty() ? key.playback_path : key.label;
}

}  // namespace

ChangeEntry AuditDraft::named(const Broadcaster& broadcaster) const {
    return with({{"display_name", broadcaster.display_name}});
}

ChangeEntry AuditDraft::named(const Incident& incident) const {
    return with({{"display_name", incident.name}});
}

ChangeEntry AuditDraft::named(const Node& node) const {
    return with({{"label", node.label}, {"api_url", node.api_url}});
}

ChangeEntry AuditDraft::with_label(std::string_view label) const {
    return with({{"label", label}});
}

ChangeEntry AuditDraft::named(const StreamKey& key, std::string_view broadcaster_name) const {
    return with({{"broadcaster_name", broadcaster_name},
                 {"key_name", name_of(key)},
                 {"playback_path", key.playback_path}});
}

ChangeEntry AuditDraft::of_stream(const StreamKey& key, std::string_view broadcaster_name) const {
    return with({{"path", key.playback_path},
                 {"broadcaster_name", broadcaster_name},
                 {"key_name", name_of(key)}});
}

ChangeEntry AuditDraft::with(Names names) const {
    ChangeEntry entry = complete();
    entry.metadata = json::with_names(entry.metadata, names);
    return entry;
}

}  // namespace rescuestream
