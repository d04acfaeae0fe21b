#include "mediamtx/moving.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "mediamtx/consequences.hpp"
#include "mediamtx/required.hpp"
#include "mediamtx/told_paths.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::size_t kMaxValues = 200'000;

/// The scalars of a document by their place: "paths/cam1/source".
using Values = std::map<std::string, std::string>;

// Returns false when there are too many: aliases of aliases can stand for any number.
bool collect_values(const YamlNode& node, const std::string& place, Values& values) {
    if (values.size() > kMaxValues) return false;
    switch (node.kind) {
        case YamlNode::Kind::kScalar:
            values[place] = (node.is_plain ? "" : "'") + node.text;
            return true;
        case YamlNode::Kind::kSequence:
            values[place] = "[]";
            for (std::size_t i = 0; i < node.items.size(); ++i) {
                if (!collect_values(*node.items[i], fmt::format("{}/[{}]", place, i), values)) {
                    return false;
                }
            }
            return true;
        case YamlNode::Kind::kMapping:
            values[place] = "{}";
            for (const auto& member : node.members) {
                const auto inner = place.empty() ? member.key : place + "/" + member.key;
                if (!collect_values(*member.value, inner, values)) return false;
            }
            return true;
    }
    return false;
}

bool is_planned(std::string place, const std::vector<std::string>& changed) {
    // A merge key gives the settings of another mapping to this one.
    for (auto at = place.find("/<<"); at != std::string::npos; at = place.find("/<<")) {
        place.erase(at, 3);
    }
    // The mapping that a first setting creates is planned too.
    return place.empty() || std::any_of(changed.begin(), changed.end(), [&](const auto& planned) {
               return place == planned || place.starts_with(planned + "/") ||
                      planned.starts_with(place + "/");
           });
}

// Returns the first place that differs though it was not planned.
std::optional<std::string> unplanned_difference(const Values& before, const Values& after,
                                                const std::vector<std::string>& changed) {
    for (const auto& [place, value] : before) {
        const auto found = after.find(place);
        if ((found == after.end() || found->second != value) && !is_planned(place, changed)) {
            return place;
        }
    }
    for (const auto& [place, value] : after) {
        if (before.count(place) == 0 && !is_planned(place, changed)) return place;
    }
    return std::nullopt;
}

Error not_mergeable(const std::string& reason) {
    return {ErrorCode::kUnsupported,
            fmt::format("The file cannot be merged automatically: {} Change it by hand, as "
                        "`rescuestream-cli mediamtx check` says. Nothing was written.",
                        reason),
            "",
            {}};
}

}  // namespace

Result<Move> plan_move(const OwnerFile& file, const MoveTarget& target) {
    Move move;
    if (auto planned = plan_required(file, target, move); !planned) return planned.error();
    tell_consequences(file, target, move);
    tell_paths(file, target, move);
    std::stable_sort(
        move.findings.begin(), move.findings.end(),
        [](const Finding& left, const Finding& right) { return left.line < right.line; });
    return move;
}

Result<std::string> merge_for_rescuestream(const OwnerFile& file, const MoveTarget& target) {
    const auto move = plan_move(file, target);
    if (!move) return move.error();
    // Half of the global settings would be worse than none: MediaMTX might not start.
    for (const auto& finding : move->findings) {
        if (finding.severity != Severity::kError || finding.is_merged) continue;
        if (finding.subject.starts_with("path")) continue;
        return not_mergeable(
            fmt::format("line {} has {} in a form that cannot be changed in place.", finding.line,
                        finding.subject));
    }
    auto merged = apply_edits(file.text(), move->edits);
    const auto read = OwnerFile::parse(merged);
    if (!read) return not_mergeable(read.error().message);
    Values before;
    Values after;
    if (!collect_values(file.root(), "", before) || !collect_values(read->root(), "", after)) {
        return not_mergeable("it has too many values.");
    }
    if (const auto place = unplanned_difference(before, after, move->changed)) {
        return not_mergeable(fmt::format("{} would change.", *place));
    }
    const auto again = plan_move(*read, target);
    if (!again) return again.error();
    if (!again->edits.empty()) return not_mergeable("a value would not be read as it is written.");
    return merged;
}

}  // namespace rescuestream::cli
