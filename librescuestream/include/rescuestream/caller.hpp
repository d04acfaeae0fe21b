#pragma once

#include <memory>
#include <optional>
#include <string>

#include "rescuestream/request_conditions.hpp"

namespace rescuestream {

struct ApiCredential;

/// Who asks for a change, and on which conditions. The audit entry of the change records the other
/// members.
struct Caller {
    std::string actor = "library";
    std::string request_method;
    std::string request_path;
    std::string ip_address;
    std::optional<std::string> request_id;
    /// What the caller was authenticated by. A credential that is restricted to broadcasters limits
    /// what may be changed. Null: no limits.
    std::shared_ptr<const ApiCredential> credential = nullptr;
    RequestConditions conditions = {};
};

}  // namespace rescuestream
