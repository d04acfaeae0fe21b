#include "rescuestream/open_media_server.hpp"

#include <utility>

#include "rescuestream/media_mtx.hpp"

namespace rescuestream {
namespace {

Result<std::unique_ptr<MediaServer>> open_with(const Node& node, const std::string& ca_file) {
    MediaMtxOptions options;
    options.api_url = node.api_url;
    options.user = node.api_user;
    options.password = node.api_password;
    options.ca_file = ca_file;
    return open_media_mtx(options);
}

}  // namespace

OpenMediaServer open_media_mtx_with(std::string ca_file) {
    return [ca_file = std::move(ca_file)](const Node& node) { return open_with(node, ca_file); };
}

Result<std::unique_ptr<MediaServer>> open_media_mtx_of(const Node& node) {
    return open_with(node, {});
}

}  // namespace rescuestream
