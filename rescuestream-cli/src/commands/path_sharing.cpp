#include "commands/path_sharing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "output.hpp"

namespace rescuestream::cli {
namespace {

std::string name_of_member(const StreamKey& key) {
    return key.label.empty() ? key.id.to_string() : "\"" + printable(key.label) + "\"";
}

std::string show_members(const PathKeys& path, const std::optional<StreamKeyId>& without) {
    std::vector<std::string> members;
    for (const auto& key : path.keys) {
        if (key.id != without) members.push_back(show_member(key));
    }
    std::string text;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const bool is_last = i + 1 == members.size();
        text += (i == 0 ? "" : is_last ? " and " : ", ") + members[i];
    }
    return text;
}

std::string show_holder(const PathKeys& path, const std::optional<StreamKeyId>& own) {
    if (!path.holder) return "nobody has it at present";
    if (path.holder == own) return "this key has it";
    const auto holder = std::find_if(path.keys.begin(), path.keys.end(),
                                     [&](const StreamKey& key) { return key.id == path.holder; });
    return name_of_member(*holder) + " has it";
}

}  // namespace

std::string show_member(const StreamKey& key) {
    return fmt::format("{} (priority {}{})", name_of_member(key), key.policies.priority.value_or(0),
                       key.disabled || key.broadcaster_disabled ? ", disabled" : "");
}

Result<PathKeys> keys_of_path(AdminApi& admin, const std::string& path) {
    StreamKeyFilter filter;
    filter.playback_path = path;
    auto listed = admin.keys().list_stream_keys(filter, {});
    if (!listed) return std::move(listed).error();
    PathKeys found;
    for (auto& key : listed->items) {
        if (!key.revoked_at) found.keys.push_back(std::move(key));
    }
    std::sort(found.keys.begin(), found.keys.end(), [](const StreamKey& a, const StreamKey& b) {
        const auto first = a.policies.priority.value_or(0);
        const auto second = b.policies.priority.value_or(0);
        if (first != second) return first > second;
        return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
    });
    if (!found.is_shared()) return found;
    for (const auto& key : found.keys) {
        StreamQuery query;
        query.state = StreamState::kLive;
        query.stream_key_id = key.id;
        const auto live = admin.streams().list_streams(query, {});
        if (!live) return live.error();
        if (live->items.empty()) continue;
        found.holder = key.id;
        break;
    }
    return found;
}

std::string show_sharing(const PathKeys& path, StreamKeyId own) {
    if (!path.is_shared()) return "no other key has its path yet";
    return fmt::format("shared with {}; {}", show_members(path, own), show_holder(path, own));
}

std::string show_sharing(const PathKeys& path) {
    return fmt::format("shared by {}; {}", show_members(path, std::nullopt),
                       show_holder(path, std::nullopt));
}

}  // namespace rescuestream::cli
