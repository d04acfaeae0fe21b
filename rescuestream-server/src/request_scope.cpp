#include "request_scope.hpp"

namespace rescuestream::server {
namespace {

thread_local std::string_view request_in_progress;

}  // namespace

RequestScope::RequestScope(std::string_view request_id) noexcept : previous_(request_in_progress) {
    request_in_progress = request_id;
}

RequestScope::~RequestScope() {
    request_in_progress = previous_;
}

std::string_view current_request_id() noexcept {
    return request_in_progress;
}

}  // namespace rescuestream::server
