#include "carrier/httplib_bridge.hpp"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <future>
#include <optional>

#include "http/client_address.hpp"
#include "http/head.hpp"
#include "support/ip_address.hpp"

namespace rescuestream::server {
namespace {

// The library adds these to the headers that were sent.
constexpr std::array<std::string_view, 4> kOwnHeaders{"local_addr", "local_port", "remote_addr",
                                                      "remote_port"};

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

class LibraryBody final : public BodySource {
public:
    LibraryBody(const Framing& framing, const httplib::ContentReader* reader)
        : framing_(framing), reader_(reader) {}

    bool present() const noexcept override {
        return framing_.chunked || framing_.content_length.value_or(0) > 0;
    }
    BodyOutcome read(std::size_t limit, std::string& out) override {
        if (framing_.content_length.value_or(0) > limit) return BodyOutcome::kTooLarge;
        bool is_too_large = false;
        const bool is_read = (*reader_)([&](const char* data, std::size_t size) {
            is_too_large = size > limit - out.size();
            if (!is_too_large) out.append(data, size);
            return !is_too_large;
        });
        if (is_read) return BodyOutcome::kComplete;
        if (is_too_large) return BodyOutcome::kTooLarge;
        return framing_.chunked ? BodyOutcome::kMalformed : BodyOutcome::kBroken;
    }
    // The library does not give access to its socket.
    bool sender_has_gone() const override { return false; }

private:
    const Framing& framing_;
    const httplib::ContentReader* const reader_;
};

// Ends the connection with this response. The library discards up to 4,096 bytes that follow a
// request, and reads what comes after them as the next one, which may be the middle of a body. It
// also skips malformed header lines that a proxy in front may understand. Where one connection
// carries one request, no such difference lets a client put a request into another client's
// connection.
//
// The library closes a connection when the provider of a body fails: this one fails after the body.
void close_behind(httplib::Request& from, httplib::Response& to, HttpResponse& answer) {
    from.headers.erase("Connection");
    from.headers.emplace("Connection", "close");  // the library repeats it in the response
    const bool is_head = from.method == "HEAD";
    if (is_head) from.method = "GET";  // the library calls no provider for HEAD
    if (answer.content().empty()) {
        to.set_content_provider(answer.content_type,
                                [](std::size_t, httplib::DataSink&) { return false; });
        if (answer.content_type.empty()) to.headers.erase("Content-Type");
        if (answer.status != 204) to.set_header("Content-Length", "0");
        return;
    }
    if (!answer.shared_body) {
        answer.shared_body = std::make_shared<const std::string>(std::move(answer.body));
    }
    to.set_content_provider(
        answer.shared_body->size(), answer.content_type,
        [is_head, body = answer.shared_body](std::size_t, std::size_t, httplib::DataSink& sink) {
            if (!is_head) sink.write(body->data(), body->size());
            return false;
        });
}

void write(const httplib::Request& received, httplib::Response& to, HttpResponse answer) {
    // The library created the request as a mutable object. Ranges would multiply a response, and
    // compressing one takes longer than computing it.
    auto& from = const_cast<httplib::Request&>(received);
    from.ranges.clear();
    from.headers.erase("Accept-Encoding");
    to.status = answer.status;
    for (const auto& [name, value] : answer.headers) to.set_header(name, value);
    close_behind(from, to, answer);
}

}  // namespace

HttpRequest HttplibBridge::read(const httplib::Request& from) const {
    HttpRequest request;
    request.method = from.method;
    request.set_target(from.target);
    for (const auto& [name, value] : from.headers) {
        std::string lower_name = lower(name);
        const bool is_own =
            std::find(kOwnHeaders.begin(), kOwnHeaders.end(), lower_name) != kOwnHeaders.end();
        if (!is_own) request.headers.emplace_back(std::move(lower_name), value);
    }
    request.media_only = media_only_;
    request.remote_address =
        client_address(std::string(without_mapping(from.remote_addr)), request, trusted_proxies_);
    return request;
}

void HttplibBridge::answer(const httplib::Request& from, httplib::Response& to,
                           const httplib::ContentReader* reader) const {
    HttpRequest request = read(from);
    Framing framing;
    HeadProblem problem;
    if (!read_framing(request, from.version == "HTTP/1.0", framing, problem)) {
        write(from, to, service_.refuse(std::move(request), problem.status, problem.why));
        return;
    }
    LibraryBody body(framing, reader);
    const auto pending = service_.receive(std::move(request));
    if (!pending) {
        HttpResponse response;
        response.status = 503;
        write(from, to, std::move(response));
        return;
    }
    if (body.present() && reader == nullptr) {
        write(from, to, pending->refuse(400, "A request of this method has no body."));
        return;
    }
    // The library's reader would parse such a body instead of passing it on.
    if (body.present() && from.is_multipart_form_data()) {
        write(from, to, pending->refuse(415, "The body must be JSON."));
        return;
    }
    std::promise<HttpResponse> answered;
    pending->answer(body, [&](HttpResponse response) { answered.set_value(std::move(response)); });
    HttpResponse response = answered.get_future().get();
    write(from, to, std::move(response));
}

void HttplibBridge::refuse(const httplib::Request& from, httplib::Response& to) const {
    write(from, to, service_.refuse(read(from), to.status, "The request is malformed."));
}

void add_handlers(httplib::Server& server, const std::string& pattern,
                  const HttplibHandler& handler) {
    const auto without_body = [handler](const httplib::Request& from, httplib::Response& to) {
        handler(from, to, nullptr);
    };
    const auto with_body = [handler](const httplib::Request& from, httplib::Response& to,
                                     const httplib::ContentReader& reader) {
        handler(from, to, &reader);
    };
    server.Get(pattern, without_body).Options(pattern, without_body);
    server.Post(pattern, with_body).Put(pattern, with_body);
    server.Patch(pattern, with_body).Delete(pattern, with_body);
}

}  // namespace rescuestream::server
