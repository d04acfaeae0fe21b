#include "rescuestream/open_media_server.hpp"

#include "rescuestream/media_mtx.hpp"

namespace rescuestream {

Result<std::unique_ptr<MediaServer>> open_media_mtx_of(const Node& node) {
    MediaMtxOptions options;
    options.api_url = node.api_url;
    options.user = node.api_user;
    options.password = node.api_password;
    return open_media_mtx(options);
}

}  // namespace rescuestream
