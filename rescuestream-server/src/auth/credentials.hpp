#pragma once

#include <optional>
#include <string>

#include "http/message.hpp"
#include "rescuestream/time.hpp"
#include "settings.hpp"

namespace rescuestream::server {

/// Who calls an admin-facing route: the name that the record shows, or nobody when the credential
/// is missing, stale, malformed or wrong. Two kinds are known:
/// - shared secret: `X-API-Key: <API_SECRET>`; the actor is "admin";
/// - HMAC v1: `X-API-Key: <name>`, `X-Timestamp`, `X-Signature`; the actor is the name. At most
///   5 minutes off; PATH is signed decoded and without its query.
std::optional<std::string> authenticate_admin(const HttpRequest& request, const Settings& settings,
                                              Timestamp now);

/// True when media-facing routes ask for no credential, or the request carries it: HTTP Basic with
/// MEDIA_SECRET as the password, or `X-Media-Secret`.
bool authenticate_media(const HttpRequest& request, const Settings& settings);

}  // namespace rescuestream::server
