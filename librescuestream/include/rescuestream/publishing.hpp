#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// A publish request as the media server asks it. Source: MediaMTX, HTTP authentication.
struct PublishRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string path;
    Protocol protocol = Protocol::kUnknown;
    std::optional<ConnectionId> connection;  ///< Empty: a question without a connection (a page).
    std::string remote_address;
    std::string user;
    Secret password;
    Secret token;
    Secret query;  ///< Raw, without `?`, percent-encoded.
    std::string user_agent;
};

/// A request to watch, as the media server asks it.
struct ReadRequest {
    std::string path;
    std::string user;
    Secret password;
};

/// A request to one of a media server's own interfaces (control, metrics, profiling), as the media
/// server asks it.
struct ControlRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string user;
    Secret password;
};

enum class PublishRefusal {
    kNoCredential,  ///< Nothing in the request can be a key value. Usual as a first RTSP request.
    kInvalidPath,
    kUnknownKey,
    kRevoked,
    kExpired,
    kDisabled,
    kBlocked,
    kWrongPath,
    kForeignConnection,  ///< The id of its connection is that of another key's publisher.
    kInUse,
    kPathKeysDenied,
    kUnknownNode,
    kNodeDraining,
};

std::string_view to_string(PublishRefusal refusal) noexcept;

struct PublishDecision {
    std::optional<PublishRefusal> refusal;  ///< Empty: accepted.
    StreamKeyId stream_key_id;              ///< Nil when no key was found.
    bool in_outage = false;                 ///< By memory alone: see DatabaseOutage::kGrace.

    bool accepted() const noexcept { return !refusal.has_value(); }
};

/// What a hook of the media server says.
struct SourceReport {
    std::string path;
    std::optional<std::string> source_type;
    std::optional<ConnectionId> source_id;
};

}  // namespace rescuestream
