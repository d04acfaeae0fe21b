#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "protected_application.hpp"

namespace rescuestream::server::testing {

/// Somebody with a guest link, of which this server knows the address.
struct Guest {
    explicit Guest(Settings with = with_limits(0, 0, 0)) : server(std::move(with)) {}

    ProtectedApplication server;
    CreatedStreamKey key = server.test.key("live/a");

    /// Returns the path of the page of a new link.
    std::string add_link(const std::string& more = "") {
        const Reply created = server.call(
            "POST", "/guest-links",
            fmt::format(R"({{"stream_key_ids":["{}"],"expires_at":"2999-01-01T00:00:00Z"{}}})",
                        key.key.id.to_string(), more));
        REQUIRE(created.status() == 201);
        id = created.text("id");
        const std::string url = created.text("url");
        return url.substr(url.find("/watch/"));
    }
    HttpResponse get(const std::string& path, Headers headers = {}) {
        return send("GET", path, std::move(headers), "");
    }
    HttpResponse give_pin(const std::string& path, const std::string& pin, Headers headers = {}) {
        headers.emplace_back("content-type", "application/x-www-form-urlencoded");
        return send("POST", path, std::move(headers), "pin=" + pin);
    }
    HttpResponse send(const std::string& method, const std::string& path, Headers headers,
                      const std::string& body) {
        HttpRequest request;
        request.method = method;
        request.set_target(path);
        request.headers = std::move(headers);
        request.headers.emplace_back("host", "rescue.example");
        request.body = body;
        request.remote_address = address;
        return server.ask(std::move(request)).response;
    }

    std::string id;
    std::string address = "192.0.2.1";
};

/// A guest of a live stream that is watched only with a token.
struct SignedGuest : Guest {
    explicit SignedGuest(PlaybackPolicy of_others = PlaybackPolicy::kPublic)
        : Guest(with_secret(of_others)) {
        CHECK(server
                  .call("PATCH", "/stream-keys/" + key.key.id.to_string(),
                        R"({"playback_policy":"signed"})")
                  .status() == 200);
        REQUIRE(server.test.publish(key, "c1"));
    }

    static Settings with_secret(PlaybackPolicy of_others) {
        Settings with = with_limits(0, 0, 0);
        with.orchestrator.playback_policy = of_others;
        with.orchestrator.control_secret = Secret("a secret of this installation");
        return with;
    }
    /// The token in the address of the page's frame.
    static std::string token_in(const HttpResponse& page) {
        const std::string before = "<iframe src=\"http://localhost:8889/live/a/?";
        const auto at = page.body.find(before);
        REQUIRE(at != std::string::npos);
        const auto begin = page.body.find('=', at + before.size()) + 1;
        return page.body.substr(begin, page.body.find_first_of("\"&", begin) - begin);
    }
    int read(const std::string& path, const std::string& token, const std::string& session = "r1") {
        return server
            .ask(TestApplication::make_request(
                "POST", "/auth",
                fmt::format(R"({{"action":"read","path":"{}","protocol":"webrtc","id":"{}",)"
                            R"("ip":"192.0.2.1","query":"token={}"}})",
                            path, session, token)))
            .status();
    }
};

inline std::string guest_header(const HttpResponse& response, std::string_view name) {
    std::string found;
    for (const auto& [each, value] : response.headers) {
        if (each == name) found += (found.empty() ? "" : ", ") + value;
    }
    return found;
}

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace rescuestream::server::testing
