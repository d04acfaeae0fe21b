#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "rescuestream/media_server.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// How to reach a MediaMTX.
struct MediaMtxOptions {
    std::string api_url = "http://localhost:9997";  ///< http://host:port, without a path.
    std::string user;                               ///< Empty: no credential is sent.
    Secret password;
    std::chrono::milliseconds connect_timeout{1'000};
    std::chrono::milliseconds request_timeout{3'000};  ///< For one request, whatever it sends.
    std::size_t max_response_bytes = 64U * 1024 * 1024;
    std::size_t items_per_page = 1'000;
};

/// Client of MediaMTX's control API v3. Makes no connection yet. kInvalidArgument: `api_url`.
/// Source: MediaMTX api/openapi.yaml; fields of v1.15 and of v1.20 are both understood.
Result<std::unique_ptr<MediaServer>> open_media_mtx(const MediaMtxOptions& options);

}  // namespace rescuestream
