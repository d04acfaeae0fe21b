#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/ids.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::server {

// The connecting program chooses these texts, so they may contain anything; they are stored with
// the claim.
inline constexpr std::size_t kMaxConnectionId = 128;
inline constexpr std::size_t kMaxAddress = 64;
inline constexpr std::size_t kMaxUserAgent = 256;

/// The members of an /auth request that are used. Source: MediaMTX, "HTTP-based authentication".
struct Question {
    std::string_view ip, user, password, token, action, path, protocol, id, query, user_agent;
};

/// Parses an /auth request. `buffer` is the body; it is changed, and `question` points into it.
/// Returns nothing when it is valid.
std::optional<Error> read_question(std::string& buffer, Question& question);

/// Returns kInvalidArgument, which names the member.
Error wrong_member(std::string_view member, const char* what);

Protocol protocol_of(const Question& question);
/// Empty: the media server gave no id.
std::optional<ConnectionId> connection_of(const Question& question);

}  // namespace rescuestream::server
