#include "media/mediamtx/http_exchange.hpp"

#include <httplib.h>

#include <algorithm>
#include <utility>

namespace rescuestream::mediamtx {
namespace {

constexpr std::size_t kMaxIdleClients = 4;

Error unavailable(std::string message, std::string detail = {}) {
    return {ErrorCode::kUnavailable, std::move(message), std::move(detail), {}};
}

}  // namespace

/// Stops a client's exchange when its deadline has come.
class HttpExchange::Watch {
public:
    Watch(HttpExchange& exchange, Deadline deadline, httplib::Client& client)
        : exchange_(exchange) {
        const std::lock_guard lock(exchange_.watch_mutex_);
        place_ = exchange_.watched_.emplace(deadline, &client);
        exchange_.watch_changed_.notify_all();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() {
        const std::lock_guard lock(exchange_.watch_mutex_);
        exchange_.watched_.erase(place_);
    }

private:
    HttpExchange& exchange_;
    std::multimap<Deadline, httplib::Client*>::iterator place_;
};

HttpExchange::HttpExchange(const MediaMtxOptions& options)
    : options_(options), watcher_([this] { watch(); }) {}

HttpExchange::~HttpExchange() {
    {
        const std::lock_guard lock(watch_mutex_);
        stopping_ = true;
    }
    watch_changed_.notify_all();
    watcher_.join();
}

void HttpExchange::watch() {
    std::unique_lock lock(watch_mutex_);
    while (!stopping_) {
        if (watched_.empty()) {
            watch_changed_.wait(lock);
            continue;
        }
        const auto first = watched_.begin();
        if (first->first <= std::chrono::steady_clock::now()) {
            // Shuts the socket only; again in a moment, should the client just be opening one.
            first->second->stop();
            watch_changed_.wait_for(lock, std::chrono::milliseconds(20));
            continue;
        }
        watch_changed_.wait_until(lock, first->first);
    }
}

std::unique_ptr<httplib::Client> HttpExchange::take_client() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto client = std::move(idle_.back());
            idle_.pop_back();
            return client;
        }
    }
    auto client = std::make_unique<httplib::Client>(options_.api_url);
    client->set_keep_alive(true);
    client->set_tcp_nodelay(true);
    client->set_url_encode(false);
    client->set_decompress(false);
    client->set_follow_location(false);
    // While it connects, a client cannot be stopped.
    client->set_connection_timeout(std::min(options_.connect_timeout, options_.request_timeout));
    client->set_read_timeout(options_.request_timeout);
    client->set_write_timeout(options_.request_timeout);
    if (!options_.user.empty() || !options_.password.empty()) {
        client->set_basic_auth(options_.user, options_.password.reveal());
    }
    return client;
}

void HttpExchange::keep_client(std::unique_ptr<httplib::Client> client) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdleClients) idle_.push_back(std::move(client));
}

Result<HttpReply> HttpExchange::send(const HttpQuestion& question, Deadline deadline,
                                     std::size_t max_bytes) {
    auto client = take_client();
    // A server may close a kept connection at the moment in which it is used again; httplib then
    // has a new one for the second attempt.
    const bool may_be_stale = client->is_socket_open() != 0 && question.method == "GET";

    HttpReply reply;
    bool too_large = false;
    httplib::Request request;
    request.method = question.method;
    request.path = question.target;
    request.body = question.json_body;
    if (!request.body.empty()) request.headers.emplace("Content-Type", "application/json");
    request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t,
                                   std::uint64_t) {
        too_large = reply.body.size() + size > max_bytes;
        if (too_large || std::chrono::steady_clock::now() > deadline) return false;
        reply.body.append(data, size);
        return true;
    };

    httplib::Error error = httplib::Error::Success;
    const auto attempt = [&] {
        httplib::Request copy = request;  // httplib adds headers to what it is given
        httplib::Response response;
        reply = {};
        error = httplib::Error::Success;
        const Watch watch(*this, deadline, *client);
        const bool answered = client->send(copy, response, error);
        reply.status = response.status;
        return answered;
    };
    const auto in_time = [deadline] { return std::chrono::steady_clock::now() < deadline; };
    bool answered = attempt();
    if (!answered && may_be_stale && !too_large && in_time()) answered = attempt();
    if (too_large) return unavailable("The media server sent an answer of an absurd size.");
    if (!answered) {
        if (!in_time()) {
            return Error{ErrorCode::kTimeout, "The media server did not answer in time.", {}, {}};
        }
        if (error == httplib::Error::Connection) {
            return unavailable("The media server cannot be reached.", httplib::to_string(error));
        }
        return unavailable("The connection to the media server broke.", httplib::to_string(error));
    }
    keep_client(std::move(client));
    return reply;
}

}  // namespace rescuestream::mediamtx
