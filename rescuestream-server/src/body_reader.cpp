#include "body_reader.hpp"

namespace rescuestream::server {

const std::string& body_or_empty_object(const HttpRequest& request) {
    static const std::string empty = "{}";
    return request.body.empty() ? empty : request.body;
}

std::optional<Error> check_no_members(const HttpRequest& request) {
    return BodyReader(body_or_empty_object(request)).error();
}

}  // namespace rescuestream::server
