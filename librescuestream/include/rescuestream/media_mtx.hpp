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
    /// With https: file (PEM) of the certificate authorities that MediaMTX's certificate is checked
    /// against, in place of the system's. A self-signed certificate is its own authority.
    std::string ca_file;
    std::chrono::milliseconds connect_timeout{1'000};
    std::chrono::milliseconds request_timeout{
        3'000};  ///< Deadline of one request, also while data arrives.
    std::size_t max_response_bytes = 64U * 1024 * 1024;
    std::size_t items_per_page = 1'000;
};

/// Returns a client of MediaMTX's control API v3. Does not connect; the first request does.
/// kInvalidArgument: `api_url` is not valid. Source: MediaMTX api/openapi.yaml; the client reads
/// the fields of v1.15 to v1.20.
Result<std::unique_ptr<MediaServer>> open_media_mtx(const MediaMtxOptions& options);

}  // namespace rescuestream
