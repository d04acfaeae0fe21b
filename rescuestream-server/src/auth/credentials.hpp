#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"
#include "rescuestream/time.hpp"
#include "router.hpp"
#include "settings.hpp"

namespace rescuestream::server {

/// Who calls, or why nobody may know it.
struct Identity {
    std::string actor;
    std::string_view problem;  ///< A sentence; empty: the credential is good.
};

/// All that can be judged without the body, so that a stranger cannot make the server read one:
/// the shared secret, the media server's secret. A signed request passes.
Identity check_before_body(const HttpRequest& request, Access access, const Settings& settings);

/// The signature (HMAC v1), when there is one; else `before`, which `check_before_body` gave. Every
/// comparison of a secret takes the same time wherever it differs, and no answer tells a wrong name
/// from a wrong secret.
Identity check_with_body(const HttpRequest& request, Identity before, Access access,
                         const Settings& settings, Timestamp now);

/// Lower-case hex of HMAC-SHA256(secret, METHOD "\n" PATH "\n" TIMESTAMP "\n" BODY); PATH decoded
/// and without query.
std::string signature_v1(const Secret& secret, std::string_view method, std::string_view path,
                         std::string_view timestamp, std::string_view body);

}  // namespace rescuestream::server
