#include "carrier/reactor_carrier.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "http/answer.hpp"
#include "http/client_address.hpp"
#include "http/descriptors.hpp"
#include "http/lane.hpp"
#include "http/listening_socket.hpp"
#include "http/memory_return.hpp"
#include "http/peer_address.hpp"
#include "http/tls.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;

// A hook is verified with a request to the media server.
constexpr LaneLimits kHookLane{16, 1'024, milliseconds(5'000), 256};
constexpr LaneLimits kAdminLane{32, 1'024, milliseconds(5'000)};
// It never waits for anything: probes are answered whatever else happens.
constexpr LaneLimits kProbeLane{2, 256, milliseconds(1'000), 64};

// All lanes together have less capacity than there are connections, so that requests that hang
// leave some connections to /auth.
LaneLimits within(std::size_t connections, LaneLimits limits) {
    limits.workers = std::clamp<std::size_t>(connections / 8, 1, limits.workers);
    limits.waiting = std::clamp<std::size_t>(connections / 8, 1, limits.waiting);
    limits.kept = std::min(limits.kept, limits.waiting / 4);
    return limits;
}

// One thread for every two processors, at a lower priority: a flood of handshakes uses only the
// processor time that others leave.
LaneLimits handshake_lane(std::size_t handshakes) {
    const std::size_t workers = std::max(1U, std::thread::hardware_concurrency() / 2);
    return {workers, handshakes, milliseconds(5'000), 0, 10};
}

}  // namespace

class ReactorCarrier::Impl final : public Exchange {
public:
    Impl(const Service& service, const Settings& settings, Logger& logger, ConnectionLimits limits)
        : service_(service),
          settings_(settings),
          logger_(logger),
          limits_(with_settings(limits, settings)),
          hooks_("hooks", within(limits_.connections, kHookLane)),
          admin_("admin", within(limits_.connections, kAdminLane)),
          probes_("probes", within(limits_.connections, kProbeLane)),
          handshakes_("handshakes", handshake_lane(limits_.handshakes)) {}

    Result<std::uint16_t> bind() {
        if (!settings_.tls_certificate.empty()) {
            auto identity =
                TlsIdentity::load(settings_.tls_certificate, settings_.tls_key, logger_);
            if (!identity) return std::move(identity).error();
            tls_ = *std::move(identity);
        }
        const auto sockets = listen_for_api(settings_);
        if (!sockets) return sockets.error();
        api_places_ = places_of(*sockets);
        const std::uint16_t port = port_of(sockets->front());
        auto listeners = listeners_of(*sockets, false, [this](int socket) {
            return tls_ ? tls_->open(socket) : make_plain_transport(socket);
        });
        for (auto& each : listeners) each.handshakes = tls_ ? &handshakes_ : nullptr;
        if (limits_.connections < settings_.max_connections) {
            logger_.warning(
                "fewer connections than MAX_CONNECTIONS are possible: the program may not open "
                "more "
                "files (LimitNOFILE of systemd, ulimit -n of a shell)",
                {{"possible", limits_.connections}});
        }
        const auto is_trusted = [this](const std::string& address) {
            return is_in(settings_.trusted_proxies, address);
        };
        everybody_ = std::make_unique<Reactor>(*this, limits_, std::move(listeners), is_trusted);
        if (!settings_.media_listen.host.empty()) {
            const auto media_sockets = listen_for_media(settings_);
            if (!media_sockets) return media_sockets.error();
            media_places_ = places_of(*media_sockets);
            media_port_ = port_of(media_sockets->front());
            auto media = listeners_of(*media_sockets, true, make_plain_transport);
            ConnectionLimits limits = limits_;
            limits.connections = std::min(limits_.connections, connections_of_media_listener());
            media_ = std::make_unique<Reactor>(*this, limits, std::move(media), is_trusted);
        }
        return port;
    }

    bool run() {
        std::thread media_thread;
        bool is_good = true;
        if (media_) {
            media_thread = std::thread([&] {
                if (media_->run()) return;
                is_good = false;
                everybody_->stop();
            });
        }
        is_good = everybody_->run() && is_good;
        if (media_thread.joinable()) {
            media_->stop();
            media_thread.join();
        }
        return is_good;
    }

    void stop() {
        if (everybody_) everybody_->stop();
        if (media_) media_->stop();
    }

    std::uint16_t media_port() const { return media_port_; }
    const std::string& api_places() const { return api_places_; }
    const std::string& media_places() const { return media_places_; }

    ReactorCounts counts() const {
        ReactorCounts all;
        for (const auto* reactor : {everybody_.get(), media_.get()}) {
            if (reactor == nullptr) continue;
            const auto counts = reactor->counts();
            all.connections += counts.connections;
            all.turned_away += counts.turned_away;
            all.evicted += counts.evicted;
            all.shed += counts.shed;
            all.accept_pauses += counts.accept_pauses;
            all.buffer_bytes += counts.buffer_bytes;
        }
        return all;
    }

    EdgeFigures figures() const {
        EdgeFigures figures;
        const auto add = [&](std::string_view name, const Reactor* reactor) {
            if (reactor == nullptr) return;
            const auto counts = reactor->counts();
            figures.listeners.push_back(
                {name, counts.connections, counts.evicted, counts.turned_away});
        };
        add("api", everybody_.get());
        add("media", media_.get());
        for (const auto& [name, lane] : lanes()) {
            figures.lanes.push_back({name, lane->waiting(), lane->shed()});
        }
        figures.buffer_bytes = counts().buffer_bytes;
        if (tls_) figures.certificate_expires_at = tls_->expires_at();
        return figures;
    }

    // Exchange
    Screening screen(Connection& connection, Head& head) noexcept override {
        connection.request = service_.receive(from(connection, std::move(head.request)));
        if (!connection.request) return {};  // there is no memory for it
        return {lane_of(connection.request->work()), connection.request->body_limit(),
                is_media_server(connection.origin)};
    }
    void run_periodic_work() noexcept override {
        for (auto* lane : {&hooks_, &admin_, &probes_}) lane->shed_late();
        const std::unique_lock only_one(memory_mutex_, std::try_to_lock);
        if (!only_one || !memory_.is_due(counts().buffer_bytes, std::chrono::steady_clock::now())) {
            return;
        }
        admin_.submit([](bool) { MemoryReturn::give_back(); });
    }
    void answer(Connection& connection, bool overloaded, Send send) noexcept override {
        HeadProblem problem =
            overloaded ? HeadProblem{503, "The server has too much to do at this moment."}
                       : connection.reader.problem();
        if (!connection.request) {
            if (problem.why.empty()) problem = {503, "The server has no memory for this request."};
            HttpRequest request = from(connection, std::move(connection.reader.head().request));
            HttpResponse response =
                service_.refuse(std::move(request), problem.status, problem.why);
            connection.close_after_answer();
            send(write_answer(connection, std::move(response), false));
            return;
        }
        const bool is_head = connection.request->is_head();
        if (problem.why.empty()) {
            connection.request->answer(
                connection, [&connection, is_head, send = std::move(send)](HttpResponse response) {
                    send(write_answer(connection, std::move(response), is_head));
                });
            return;
        }
        HttpResponse response = connection.request->refuse(problem.status, problem.why);
        connection.close_after_answer();
        send(write_answer(connection, std::move(response), is_head));
    }

private:
    static std::vector<Listener> listeners_of(
        const std::vector<int>& sockets, bool media_only,
        const std::function<std::unique_ptr<Transport>(int socket)>& open) {
        std::vector<Listener> listeners;
        listeners.reserve(sockets.size());
        for (const int socket : sockets) listeners.push_back({socket, media_only, open, nullptr});
        return listeners;
    }
    std::array<std::pair<std::string_view, const Lane*>, 4> lanes() const {
        return {{{"hooks", &hooks_},
                 {"admin", &admin_},
                 {"probes", &probes_},
                 {"handshakes", &handshakes_}}};
    }
    // Adds to a request what its connection tells about it.
    HttpRequest from(const Connection& connection, HttpRequest request) const {
        request.media_only = connection.origin.media_only;
        request.remote_address =
            client_address(connection.origin.address, request, settings_.trusted_proxies);
        return request;
    }
    static ConnectionLimits with_settings(ConnectionLimits limits, const Settings& settings) {
        const bool has_media_listener = !settings.media_listen.host.empty();
        limits.connections =
            std::min(settings.max_connections, connections_of_api(has_media_listener));
        limits.connections_per_address = settings.max_connections_per_address;
        limits.buffer_bytes = settings.max_buffer_mib * 1024 * 1024;
        return limits;
    }
    // Judged by the address. A media server that has its own listener uses no other.
    bool is_media_server(const Connection::Origin& origin) const {
        return settings_.media_listen.host.empty() ? is_this_machine(origin.address)
                                                   : origin.media_only;
    }
    Lane* lane_of(Work work) noexcept {
        switch (work) {
            case Work::kImmediate:
                return nullptr;
            case Work::kHook:
                return &hooks_;
            case Work::kOrdinary:
                return &admin_;
            case Work::kProbe:
                return &probes_;
        }
        return &admin_;
    }
    const Service& service_;
    const Settings& settings_;
    Logger& logger_;
    const ConnectionLimits limits_;
    std::unique_ptr<TlsIdentity> tls_;
    std::unique_ptr<Reactor> everybody_;
    std::unique_ptr<Reactor> media_;
    std::uint16_t media_port_ = 0;
    std::string api_places_;
    std::string media_places_;
    std::mutex memory_mutex_;  // every reactor uses `memory_`
    MemoryReturn memory_;
    // Last, because their workers use all of the members above.
    Lane hooks_;
    Lane admin_;
    Lane probes_;
    Lane handshakes_;
};

ReactorCarrier::ReactorCarrier(const Service& service, const Settings& settings, Logger& logger,
                               ConnectionLimits limits)
    : impl_(std::make_unique<Impl>(service, settings, logger, limits)) {}

ReactorCarrier::~ReactorCarrier() = default;

Result<std::uint16_t> ReactorCarrier::bind() {
    return impl_->bind();
}

std::uint16_t ReactorCarrier::media_port() const {
    return impl_->media_port();
}

std::string ReactorCarrier::api_places() const {
    return impl_->api_places();
}

std::string ReactorCarrier::media_places() const {
    return impl_->media_places();
}

bool ReactorCarrier::run() {
    return impl_->run();
}

void ReactorCarrier::stop() {
    impl_->stop();
}

ReactorCounts ReactorCarrier::counts() const {
    return impl_->counts();
}

EdgeFigures ReactorCarrier::figures() const {
    return impl_->figures();
}

}  // namespace rescuestream::server
