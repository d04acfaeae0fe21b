#pragma once

#include <optional>
#include <string>

namespace rescuestream {

/// Who asks for a change. The audit entry of the change records these members.
struct Caller {
    std::string actor = "library";
    std::string request_method;
    std::string request_path;
    std::string ip_address;
    std::optional<std::string> request_id;
};

}  // namespace rescuestream
