#include "support/connection_trouble.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "support/ip_address.hpp"
#include "support/url.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;
using Kind = ConnectionTrouble::Kind;
using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

private:
    const int number_;
};

// Returns 0 when connected, else the number of the error.
int connect_within(int socket, const addrinfo& to, milliseconds within) {
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    if (::connect(socket, to.ai_addr, to.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    pollfd wanted{socket, POLLOUT, 0};
    if (::poll(&wanted, 1, static_cast<int>(within.count())) <= 0) return ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

// Waits until the socket is ready, not beyond `end`.
bool is_ready_before(int socket, short events, std::chrono::steady_clock::time_point end) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds::zero()) return false;
    pollfd wanted{socket, events, 0};
    return ::poll(&wanted, 1, static_cast<int>(left.count())) > 0;
}

std::string place_of(const HttpUrl& url) {
    const bool is_v6 = url.host.find(':') != std::string::npos;
    return fmt::format("{}:{}", is_v6 ? "[" + url.host + "]" : url.host, url.port);
}

ConnectionTrouble trouble_of(int error, const HttpUrl& url) {
    switch (error) {
        case ECONNREFUSED:
            return {Kind::kRefused, fmt::format("no program listens at {}", place_of(url))};
        case ETIMEDOUT:
            return {Kind::kSilent,
                    fmt::format("{} does not answer: the machine is down, or a firewall blocks the "
                                "way",
                                place_of(url))};
        default:
            return {Kind::kNoWay,
                    fmt::format("there is no way to {} ({})", place_of(url), std::strerror(error))};
    }
}

struct Tls {
    bool is_spoken = false;
    bool is_silent = false;  // no answer in time
    long verdict = X509_V_OK;
};

// Begins TLS on a connected socket that does not block, and gives up after `within`, however slowly
// the server sends. `context` decides which certificates are accepted.
Tls begin_tls(int socket, SSL_CTX* context, const HttpUrl& url, milliseconds within) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context), &SSL_free);
    if (!ssl) return {};
    if (is_ip_address(url.host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), url.host.c_str());
    } else {
        SSL_set1_host(ssl.get(), url.host.c_str());
        SSL_set_tlsext_host_name(ssl.get(), url.host.c_str());
    }
    SSL_set_fd(ssl.get(), socket);
    const auto end = std::chrono::steady_clock::now() + within;
    bool is_silent = false;
    int result = SSL_connect(ssl.get());
    while (result != 1 && !is_silent) {
        const int wanted = SSL_get_error(ssl.get(), result);
        if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) break;
        const short events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        is_silent = !is_ready_before(socket, events, end);
        if (!is_silent) result = SSL_connect(ssl.get());
    }
    ERR_clear_error();
    return {result == 1, is_silent, SSL_get_verify_result(ssl.get())};
}

ConnectionTrouble check_tls(int socket, const HttpUrl& url, const std::string& ca_file,
                            milliseconds within) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    if (!context) return {};
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);  // the verdict is read instead
    const bool has_authorities =
        ca_file.empty()
            ? SSL_CTX_set_default_verify_paths(context.get()) == 1
            : SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) == 1;
    ERR_clear_error();
    const bool wants_tls = url.scheme == "https";
    if (wants_tls && !has_authorities && !ca_file.empty()) {
        return {
            Kind::kCaFile,
            fmt::format("{} holds no certificate authorities in PEM that can be read", ca_file)};
    }
    const Tls tls = begin_tls(socket, context.get(), url, within);
    if (!wants_tls && tls.is_spoken) {
        return {Kind::kTls, fmt::format("{} speaks TLS, so its address must begin with https://",
                                        place_of(url))};
    }
    if (!wants_tls) return {};
    if (tls.is_silent) return trouble_of(ETIMEDOUT, url);
    if (!tls.is_spoken) {
        return {Kind::kPlain,
                fmt::format("{} does not speak TLS as the address with https:// demands; without "
                            "TLS it begins with http://",
                            place_of(url))};
    }
    if (tls.verdict == X509_V_OK) return {};
    return {Kind::kCertificate,
            fmt::format("the certificate of {} is not accepted ({})", place_of(url),
                        X509_verify_cert_error_string(tls.verdict))};
}

}  // namespace

ConnectionTrouble find_connection_trouble(const HttpUrl& url, const std::string& ca_file,
                                          milliseconds within) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int resolved =
        getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
    if (resolved != 0) {
        return {Kind::kName,
                fmt::format("the name {} does not resolve ({})", url.host, gai_strerror(resolved))};
    }
    const Addresses addresses(found, &freeaddrinfo);
    int error = ETIMEDOUT;
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        const Descriptor socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (socket.get() < 0) continue;
        const int failed = connect_within(socket.get(), *each, within);
        if (failed == 0) {
            return check_tls(socket.get(), url, ca_file, within);
        }
        // Of several addresses, the reason of one that answered says more.
        if (error == ETIMEDOUT || failed == ECONNREFUSED) error = failed;
        if (failed == ETIMEDOUT) break;  // the time is used up
    }
    return trouble_of(error, url);
}

}  // namespace rescuestream
