#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "support/media_mtx_json.hpp"
#include "support/media_mtx_stub.hpp"

namespace rescuestream::testing {

inline MtxAnswer unknown_route() {
    return {404, "text/plain", "404 page not found"};
}

inline MtxAnswer refused(int status, const std::string& text) {
    return {status, "application/json; charset=utf-8", mtx_json::error(text)};
}

/// Returns the name after a prefix, as MediaMTX's router does.
inline std::optional<std::string> behind(const std::string& path, std::string_view prefix) {
    if (!path.starts_with(prefix)) return std::nullopt;
    return path.substr(prefix.size());
}

}  // namespace rescuestream::testing
