#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fields/field.hpp"
#include "rescuestream/stream_keys.hpp"

/// The table of the members of a stream key that can be set.
namespace rescuestream::fields {

/// Calls `visit(field, member)` for each policy, `member` being a pointer to a member of
/// StreamKeyPolicies. A policy that is added here is checked, read, written, stored, shown and
/// reset, and becomes an option of the command line.
template <class Visit>
void for_each_policy(Visit&& visit) {
    visit(Field{.name = "on_duplicate",
                .option = "--on-duplicate",
                .title = "On duplicate",
                .help = "What happens to a second encoder",
                .otherwise = "ON_DUPLICATE",
                .may_be_reset = true,
                .has_column = true},
          &StreamKeyPolicies::on_duplicate);
    visit(Field{.name = "reconnect_window",
                .option = "--reconnect-window",
                .title = "Reconnect window",
                .help = "An encoder that dropped gets its stream back",
                .otherwise = "RECONNECT_WINDOW",
                .min = 0,
                .max = 1'800,
                .may_be_reset = true},
          &StreamKeyPolicies::reconnect_window);
    visit(Field{.name = "stale_after",
                .option = "--stale-after",
                .title = "Stale after",
                .help = "Without a byte for so long it counts as gone",
                .otherwise = "STALE_AFTER",
                .min = 1,
                .max = 60,
                .may_be_reset = true},
          &StreamKeyPolicies::stale_after);
    visit(Field{.name = "max_session_duration",
                .option = "--max-session-duration",
                .title = "Longest session",
                .help = "Its streams end after so long",
                .otherwise = "never",
                .min = 1,
                .max = 30 * 86'400,
                .may_be_reset = true},
          &StreamKeyPolicies::max_session_duration);
    visit(Field{.name = "allowed_addresses",
                .option = "--allowed-address",
                .title = "Only from",
                .help = "It publishes only from this address or range, such as 192.0.2.0/24",
                .otherwise = "anywhere",
                .min = 1,
                .max = 32,
                .may_be_reset = true},
          &StreamKeyPolicies::allowed_addresses);
    visit(Field{.name = "playback_policy",
                .option = "--playback-policy",
                .title = "Watched by",
                .help = "Who may watch it: everybody, or only who has a playback token",
                .otherwise = "PLAYBACK_POLICY",
                .may_be_reset = true},
          &StreamKeyPolicies::playback_policy);
    visit(Field{.name = "protocols",
                .option = "--protocol",
                .title = "Only over",
                .help = "It publishes only over this protocol",
                .otherwise = "any",
                .min = 1,
                .max = 6,
                .may_be_reset = true},
          &StreamKeyPolicies::protocols);
    visit(Field{.name = "not_before",
                .option = "--not-before",
                .title = "Not before",
                .help = "Publishers are refused until then: 18:00, 2026-12-01T10:00, 8h",
                .otherwise = "at once",
                .may_be_reset = true},
          &StreamKeyPolicies::not_before);
    visit(Field{.name = "max_bitrate",
                .option = "--max-bitrate",
                .title = "Highest bitrate",
                .help = "Bits per second that its encoder may send for long",
                .otherwise = "no limit",
                .min = 10'000,
                .max = 1'000'000'000,
                .may_be_reset = true},
          &StreamKeyPolicies::max_bitrate);
    visit(Field{.name = "over_bitrate",
                .option = "--over-bitrate",
                .title = "Over it",
                .help = "What happens to a stream that exceeds it",
                .otherwise = "warn",
                .may_be_reset = true},
          &StreamKeyPolicies::over_bitrate);
    visit(Field{.name = "priority",
                .option = "--priority",
                .title = "Priority",
                .help = "It may share its path with keys of its broadcaster that have one too; the "
                        "higher number has the path",
                .otherwise = "it has its path alone",
                .min = 1,
                .max = 100,
                .may_be_reset = true},
          &StreamKeyPolicies::priority);
}

inline constexpr Field kLabel{.name = "label",
                              .option = "--label",
                              .title = "Label",
                              .help = "For people, e.g. the device",
                              .max = 255};
inline constexpr Field kPlaybackPath{.name = "playback_path",
                                     .option = "--path",
                                     .title = "Path",
                                     .help = "Where viewers find it",
                                     .otherwise = "live/ and 12 characters",
                                     .max = 255,
                                     .text = TextRule::kPath};
inline constexpr Field kExpiresAt{
    .name = "expires_at",
    .option = "--expires",
    .title = "Expires",
    .help = "tonight, 23:59, 2026-12-01, 2026-12-01T10:00, or from now: 8h, 30d; never",
    .otherwise = "never",
    .may_be_reset = true};

template <class T>
concept StreamKeyHolder = requires(T& input) {
    input.policies, input.expires_at;
};

/// Calls `visit(field, member)` for each member of `input`, a NewStreamKey or a StreamKeyPatch, in
/// the order in which errors name them.
template <StreamKeyHolder Input, class Visit>
void for_each_field(Input& input, Visit&& visit) {
    visit(kLabel, input.label);
    if constexpr (requires { input.playback_path; }) visit(kPlaybackPath, input.playback_path);
    visit(kExpiresAt, input.expires_at);
    for_each_policy([&](const Field& field, auto member) { visit(field, input.policies.*member); });
}

/// Returns the names that StreamKeyPatch::reset may contain.
std::vector<std::string> resettable_fields();

/// Returns the policies of a key after `patch`: the new ones where they are set, empty ones where
/// they are reset, and the previous ones otherwise.
StreamKeyPolicies changed_policies(StreamKeyPolicies policies, const StreamKeyPatch& patch);

/// Returns whether `patch` sets the member of this name.
bool is_given(const StreamKeyPatch& patch, std::string_view name);

}  // namespace rescuestream::fields
