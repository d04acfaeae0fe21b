#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/members.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The members of a node that can be set, without its addresses. Their limits and help texts are
/// in the table of src/fields/node.hpp.
template <template <class> class As>
struct NodeMembers {
    As<std::string> label;     ///< For people; at most 255 characters.
    As<std::string> api_url;   ///< http://host:port of MediaMTX's control API.
    As<std::string> api_user;  ///< Empty: no credential is sent.
    As<Secret> api_password;   ///< Stored in plain text, because the media server needs it; never
                               ///< shown.
};

/// How a media server is reached.
struct NodeSettings : NodeMembers<AsValue> {
    PublicAddresses addresses;
};

/// A media server that an installation supervises, as it was registered.
struct Node : NodeSettings {
    std::string name;       ///< 1 to 32 of `a-z 0-9 -`, no dash at either end. Never changes.
    bool draining = false;  ///< New publishers are refused; present ones stay.
    Timestamp created_at{};
    Timestamp updated_at{};
};

/// Which of the programs that share a storage supervises a node. The holder increments `beat` while
/// it runs. Another program may take the lease over after it has read the same `beat` for long
/// enough.
struct NodeLease {
    std::string holder;
    std::int64_t beat = 0;

    bool operator==(const NodeLease&) const = default;
};

/// A publisher on a media server that no program of the installation accepted.
struct UnknownSource {
    std::string path;  ///< Key values in it are masked.
    Protocol protocol = Protocol::kUnknown;
    std::string remote_address;  ///< IP address without a port; empty: unknown.
    ConnectionId connection;
    Timestamp seen_at{};  ///< When it was first seen.

    bool operator==(const UnknownSource&) const = default;
};

/// Whether unknown publishers of a node are removed or only listed. They are only listed until the
/// media server is known to send its auth requests to this installation: before, it may have
/// publishers that were accepted without a request. They are only listed again when its
/// configuration shows that it sends them here no more.
struct NodeStanding {
    /// Since when the media server is known to send its auth requests to this installation: a
    /// publisher that was accepted here was seen there with the connection id and the path of the
    /// request.
    std::optional<Timestamp> asked_at;
    /// Since when unknown publishers are removed by order of an administrator, a setting or an
    /// earlier release.
    std::optional<Timestamp> enforced_at;
    /// Unknown publishers that were seen in the last minute, at most 50; none once `asked_at` is
    /// set.
    std::vector<UnknownSource> unknown;

    bool is_enforced() const noexcept { return asked_at || enforced_at; }
    bool operator==(const NodeStanding&) const = default;
};

/// The state of a media server.
enum class NodeState {
    kUnknown,      ///< Not polled yet.
    kUp,           ///< Answers.
    kNotAsking,    ///< Answers, but its configuration says that it sends its auth requests to
                   ///< nobody, or it has not been seen to send any to this installation although
                   ///< it accepts publishers.
    kDegraded,     ///< Answers, but not as MediaMTX does, or it refuses the credential.
    kUnreachable,  ///< Does not answer.
};

std::string_view to_string(NodeState state) noexcept;
template <>
std::optional<NodeState> parse_enum(std::string_view name) noexcept;

/// What a node's state says about a path.
enum class PathNoteKind {
    kHelper,       ///< A program that the media server started publishes there; see HELPER_PATHS.
    kIgnored,      ///< A publisher there is left alone; see IGNORE_PATHS.
    kNotPlayable,  ///< A device is live and cannot be watched there.
    kNoTakeover,   ///< The media server refuses a publisher while another one is connected; the
                   ///< path is the name of a path entry, or `pathDefaults`.
};

std::string_view to_string(PathNoteKind kind) noexcept;
template <>
std::optional<PathNoteKind> parse_enum(std::string_view name) noexcept;

struct PathNote {
    std::string path;
    PathNoteKind kind = PathNoteKind::kHelper;
    std::string reason;  ///< The setting, or a sentence for people.

    bool operator==(const PathNote&) const = default;
};

/// A node and its present state.
struct NodeStatus {
    Node node;
    /// Defined by this program's settings, which alone can change its addresses.
    bool is_default = false;
    NodeState state = NodeState::kUnknown;
    std::string reason;                ///< With kNotAsking, kDegraded and kUnreachable; for people.
    std::string version;               ///< Version of MediaMTX; empty: unknown.
    std::optional<Timestamp> seen_at;  ///< Time of the last answer.
    std::string reconciled_by;         ///< The program that supervises it; empty: none is known.
    NodeStanding standing;
    /// What the media server's configuration says if it sends its auth requests to nobody, such as
    /// "authMethod: internal". Empty: it sends them somewhere, or that is unknown. It is part of
    /// `reason`.
    std::string asks_nobody;
    std::vector<PathNote> path_notes;  ///< As of the last poll, at most 50, by path.
};

/// A media server to be registered.
struct NewNode : NodeSettings {
    std::string name;
};

/// A change of a node. An empty member leaves the value as it is.
struct NodePatch : NodeMembers<AsChange> {
    AddressPatch addresses;
    std::optional<bool> draining;
};

/// Changes the state kUp to kNotAsking when `standing` or `asks_nobody` requires it; the reason
/// then says what to do.
void judge_standing(NodeStatus& status);

}  // namespace rescuestream
