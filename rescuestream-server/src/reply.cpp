#include "reply.hpp"

#include <fmt/format.h>

#include "rescuestream/json.hpp"

namespace rescuestream::server {

namespace {

HttpResponse json_head(int status) {
    HttpResponse response;
    response.status = status;
    // The library compresses "application/json" exactly, which takes 100 ms. The parameter prevents
    // that.
    response.content_type = "application/json; charset=utf-8";
    return response;
}

}  // namespace

HttpResponse json_reply(int status, std::string body) {
    HttpResponse response = json_head(status);
    response.body = std::move(body);
    return response;
}

HttpResponse json_reply(int status, SharedBody body) {
    HttpResponse response = json_head(status);
    response.shared_body = std::move(body);
    return response;
}

HttpResponse empty_reply() {
    HttpResponse response;
    response.status = 204;
    return response;
}

HttpResponse created_reply(const std::string& location, std::string body) {
    HttpResponse response = json_reply(201, std::move(body));
    response.headers.emplace_back("Location", location);
    return response;
}

HttpResponse cutoff_reply(const CutoffReport& report) {
    HttpResponse response = empty_reply();
    response.headers.emplace_back(
        "RescueStream-Cutoff", fmt::format("kicked={}, pending={}", report.kicked, report.pending));
    return response;
}

HttpResponse cutoff_reply(std::string_view name, const std::string& json,
                          const CutoffReport& report) {
    return json_reply(200, fmt::format("{{\"{}\":{},\"cutoff\":{}}}", name, json, to_json(report)));
}

}  // namespace rescuestream::server
