#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// What a refused client wanted.
enum class RefusedAction { kPublish, kRead };

/// Refused attempts of clients that have action, network, protocol, path, reason and key in common.
/// They are counted together.
struct RefusedAttempt {
    RefusedAttemptId id;  ///< Follows from what they have in common, on every server.
    RefusedAction action = RefusedAction::kPublish;
    std::string remote_address;  ///< Of the newest attempt; IP without port.
    /// The address, or for IPv6 its /64 ("2001:db8:1:2::/64"), because one customer has a whole
    /// /64.
    std::string network;
    Protocol protocol = Protocol::kUnknown;
    std::string path;    ///< Key values in it, and what is nearly one, are masked.
    std::string reason;  ///< A word that `explain_refusal` knows.
    std::optional<StreamKeyId> stream_key_id;  ///< Empty: the attempt had no existing key.
    /// Of the newest attempt: the other key that had the shared path. Empty: there was none.
    std::optional<StreamKeyId> holder_key_id;
    std::string node;        ///< Of the newest attempt.
    std::string user_agent;  ///< Of the newest attempt; often unknown.
    std::uint64_t times = 1;
    Timestamp first_at{};
    Timestamp last_at{};

    // Only in lists: the key, as it is now. Empty: there is no key, or it was deleted.
    std::optional<std::string> key_label;
    std::optional<std::string> playback_path;  ///< The path that the key is valid for.
    std::optional<BroadcasterId> broadcaster_id;
    std::optional<std::string> broadcaster_name;
    std::optional<std::string> holder_label;  ///< Of the key `holder_key_id`.

    bool operator==(const RefusedAttempt&) const = default;
};

/// Selects refused attempts. An empty member matches any.
struct RefusedAttemptFilter {
    std::optional<std::string> network;  ///< An address or a network, as `network_of` returns it.
    std::optional<std::string> path;
    std::optional<std::string> reason;
    std::optional<StreamKeyId> stream_key_id;
    std::optional<BroadcasterId> broadcaster_id;  ///< The owner of the key.
    /// With a key of this incident, from its opening until it was closed.
    std::optional<IncidentId> incident_id;
    std::optional<Timestamp> since;  ///< Refused again at this time or later.
    std::size_t limit = 100;
};

/// What a storage keeps of the refused attempts. Older ones are deleted.
struct RefusedAttemptLimits {
    /// So many of those with an existing key, and so many of the others: who has no key cannot
    /// displace what is known about a key.
    std::size_t most = 5'000;
    Timestamp oldest{};  ///< Only those that were refused at this time or later.
};

/// A question of a media server that was refused; for StreamOrchestrator::note_refusal.
struct RefusedQuestion {
    RefusedAttempt attempt;  ///< `id`, `network`, `times` and the times are set by the callee.
    std::optional<ConnectionId> connection;
    bool has_credential = false;
    /// Reports the attempt, for example in a log. `key` is null if the attempt had no existing key,
    /// or the key cannot be read. Must not throw.
    using Tell = std::function<void(const RefusedAttempt& attempt, const StreamKey* key)>;
    /// Called once if the attempt counts. Returns what shall be called to report it, or an empty
    /// function. Must return soon and must not throw.
    std::function<Tell(const RefusedAttempt& attempt)> on_counted;
};

/// Returns in words why attempts are refused for `reason`, and what to do. `reason` is the name of
/// a PublishRefusal, or "secret_path" (a reader of a path that is a key), "too_many_guesses" or
/// "no_decision" (the storage did not answer). Empty: there is no such reason.
std::string_view explain_refusal(std::string_view reason) noexcept;
/// Returns the words that it knows.
std::vector<std::string> explained_refusals();

/// Does the same, and names the path and the key of the attempt as far as they are known, and the
/// key that had a shared path.
std::string explain_refusal(const RefusedAttempt& attempt);

std::string_view to_string(RefusedAction value) noexcept;
template <>
std::optional<RefusedAction> parse_enum(std::string_view name) noexcept;

}  // namespace rescuestream
