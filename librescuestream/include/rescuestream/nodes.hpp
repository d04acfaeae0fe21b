#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A media server that an installation looks after, as it was registered.
struct Node {
    std::string name;   ///< 1 to 32 of `a-z 0-9 -`, no dash at either end. Never changes.
    std::string label;  ///< For people; at most 255 characters.
    std::string api_url;
    std::string api_user;  ///< Empty: no credential is sent.
    Secret api_password;   ///< Stored as it is, since the media server wants it; never shown.
    PublicAddresses addresses;
    bool draining = false;  ///< New publishers are refused; those that are there stay.
    Timestamp created_at{};
    Timestamp updated_at{};
};

/// Which of the programs that share a storage looks after a node. The holder raises `beat` as long
/// as it runs; another program that has seen the same beat for long enough may take the lease over.
struct NodeLease {
    std::string holder;
    std::int64_t beat = 0;

    bool operator==(const NodeLease&) const = default;
};

/// A publisher on a media server that none of our programs accepted.
struct UnknownSource {
    std::string path;  ///< A key value in it is masked.
    Protocol protocol = Protocol::kUnknown;
    std::string remote_address;  ///< IP without port; empty: not known.
    ConnectionId connection;
    Timestamp seen_at{};  ///< First.

    bool operator==(const UnknownSource&) const = default;
};

/// Whether unknown publishers of a node are removed, or only watched: a media server that has not
/// been seen to ask us yet may have publishers who were never told of us.
struct NodeStanding {
    /// Since when it is known that the media server asks us: a publisher that we had let in was
    /// seen there with the connection id and at the path of the question.
    std::optional<Timestamp> asked_at;
    /// Since when they are removed because an administrator, a setting or an earlier release said
    /// so.
    std::optional<Timestamp> enforced_at;
    /// Seen in the last minute, while the media server has not been seen to ask; 50 at most.
    std::vector<UnknownSource> unknown;

    bool is_enforced() const noexcept { return asked_at || enforced_at; }
    bool operator==(const NodeStanding&) const = default;
};

/// The state of a media server.
enum class NodeState {
    kUnknown,      ///< Not polled yet.
    kUp,           ///< Answers.
    kNotAsking,    ///< Answers, and accepts publishers without having been seen to ask us.
    kDegraded,     ///< Answers, but not as MediaMTX does, or not to our credential.
    kUnreachable,  ///< Does not answer.
};

std::string_view to_string(NodeState state) noexcept;

/// A node with what is known of it now.
struct NodeStatus {
    Node node;
    bool is_default =
        false;  ///< Made by this program's settings, which alone change its addresses.
    NodeState state = NodeState::kUnknown;
    std::string reason;                ///< Of kNotAsking, kDegraded, kUnreachable: for people.
    std::string version;               ///< MediaMTX's; empty: never seen.
    std::optional<Timestamp> seen_at;  ///< The last answer.
    std::string reconciled_by;         ///< Who looks after it; empty: nobody, as far as is known.
    NodeStanding standing;
};

/// A media server to be registered.
struct NewNode {
    std::string name;
    std::string label;
    std::string api_url;  ///< http://host:port of MediaMTX's control API.
    std::string api_user;
    Secret api_password;
    PublicAddresses addresses;
};

/// Absent members stay as they are.
struct NodePatch {
    std::optional<std::string> label;
    std::optional<std::string> api_url;
    std::optional<std::string> api_user;
    std::optional<Secret> api_password;
    std::optional<PublicAddresses> addresses;
    std::optional<bool> draining;
};

/// Makes kUp kNotAsking, with the mend as the reason, when `standing` says so.
void judge_standing(NodeStatus& status);

}  // namespace rescuestream
