#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/ids.hpp"
#include "rescuestream/playback.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// An auth request of a media server: may this client publish? Source: MediaMTX, HTTP
/// authentication.
struct PublishRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string path;
    Protocol protocol = Protocol::kUnknown;
    std::optional<ConnectionId> connection;  ///< Empty: not connected yet (a web page).
    std::string remote_address;
    std::string user;
    Secret password;
    Secret token;
    Secret query;  ///< Raw, without `?`, percent-encoded.
    std::string user_agent;
};

/// An auth request of a media server: may this client read the path?
struct ReadRequest {
    std::string path;
    std::string user;
    Secret password;
    Secret token = {};
    Secret query = {};  ///< Raw, without `?`, percent-encoded.
    std::string remote_address = {};
    Protocol protocol = Protocol::kUnknown;       ///< kUnknown: of recordings.
    std::optional<ConnectionId> connection = {};  ///< Empty: a web page, or one request of many.
    std::string node = {};  ///< Which media server asks; empty: the default node.
    std::string user_agent = {};
};

struct ReadDecision {
    ViewerDecision decision = ViewerDecision::kTokenRequired;
    bool has_token = false;  ///< The request contains what may be a playback token.

    bool accepted() const noexcept { return decision == ViewerDecision::kAccepted; }
};

/// An auth request of a media server: may this client use one of the media server's own interfaces
/// (control, metrics, profiling)?
struct ControlRequest {
    std::string node;  ///< Which media server asks; empty: the default node.
    std::string user;
    Secret password;
};

struct PublishDecision {
    std::optional<PublishRefusal> refusal;  ///< Empty: accepted.
    StreamKeyId stream_key_id;              ///< Nil when no key was found.
    bool in_outage = false;  ///< Decided without the storage; see DatabaseOutage::kGrace.
    /// kPathInUse: the key that has the path. Empty: it is not known which.
    std::optional<StreamKeyId> holder = std::nullopt;

    bool accepted() const noexcept { return !refusal.has_value(); }
};

/// What a hook of a media server reports about the source of a path.
struct SourceReport {
    std::string path;
    std::optional<std::string> source_type;
    std::optional<ConnectionId> source_id;
};

}  // namespace rescuestream
