#include "orchestrator/path_notes.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "orchestrator/helper_publishers.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMostNotes = 50;

}  // namespace

std::vector<PathNote> notes_of(const Round& round, const OrchestratorSettings& settings,
                               const std::map<std::string, std::string>& not_playable,
                               std::vector<PathNote> about_entries) {
    std::vector<PathNote> notes = std::move(about_entries);
    notes.reserve(notes.size() + not_playable.size());
    for (const auto& [path, reason] : not_playable) {
        notes.push_back({redact_key_values(path), PathNoteKind::kNotPlayable, reason});
    }
    if (!settings.helper_paths.empty() || !settings.ignore_paths.empty()) {
        std::unordered_set<ConnectionId> ours;
        for (const auto& session : round.sessions) {
            if (has_source(session)) ours.insert(*session.stream->source_id);
        }
        for (const auto& [name, path] : round.paths) {
            if (!is_publisher(path) || ours.contains(path.source->id)) continue;
            if (is_helper_path(settings, name)) {
                notes.push_back({name, PathNoteKind::kHelper, "HELPER_PATHS"});
            } else if (is_ignored(settings, name)) {
                notes.push_back({name, PathNoteKind::kIgnored, "IGNORE_PATHS"});
            }
        }
    }
    std::sort(notes.begin(), notes.end(),
              [](const PathNote& left, const PathNote& right) { return left.path < right.path; });
    if (notes.size() > kMostNotes) notes.resize(kMostNotes);
    return notes;
}

}  // namespace rescuestream
