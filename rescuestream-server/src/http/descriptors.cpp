#include "http/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace rescuestream::server {
namespace {

constexpr std::size_t kMostForOthers = 512;

std::size_t for_connections() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kMostForOthers;
    const std::size_t all = limit.rlim_cur;  // RLIM_INFINITY is the largest number
    return all - std::min(kMostForOthers, all / 4);
}

}  // namespace

std::size_t connections_of_api(bool has_media_listener) {
    return std::max<std::size_t>(
        for_connections() - (has_media_listener ? connections_of_media_listener() : 0), 1);
}

std::size_t connections_of_media_listener() {
    return std::max<std::size_t>(for_connections() / 4, 1);
}

}  // namespace rescuestream::server
