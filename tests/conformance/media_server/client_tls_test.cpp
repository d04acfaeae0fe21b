// The MediaMTX client with `apiEncryption`.
#include <httplib.h>
#include <stdlib.h>  // setenv
#include <sys/stat.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "conformance/media_server/client_case.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/raw_server.hpp"
#include "support/temporary_directory.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

// An HTTPS server on 127.0.0.1 whose certificate no authority has signed.
class TlsServer {
public:
    TlsServer() {
        const auto made = run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                               "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                               "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                               directory_.file("key.pem"), "-out", certificate()});
        if (made.exit_code != 0) throw std::runtime_error("no certificate: " + made.errors);
        server_ = std::make_unique<httplib::SSLServer>(certificate().c_str(),
                                                       directory_.file("key.pem").c_str());
        server_->Get("/v3/info", [](const httplib::Request&, httplib::Response& response) {
            response.set_content(R"({"version":"v1.20.1"})", "application/json");
        });
        server_->Get("/v3/paths/list", [this](const httplib::Request&, httplib::Response&) {
            eventually([this] { return stopping_.load(); });
        });
        server_->set_keep_alive_timeout(1);
        port_ = server_->bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_->listen_after_bind(); });
        if (!eventually([this] { return server_->is_running(); })) {
            throw std::runtime_error("the TLS server did not start");
        }
    }
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer() {
        stopping_ = true;
        server_->stop();
        thread_.join();
    }

    std::string certificate() const { return directory_.file("certificate.pem"); }
    std::string url() const { return "https://" + place(); }
    std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    TemporaryDirectory directory_;
    std::unique_ptr<httplib::SSLServer> server_;
    std::atomic<bool> stopping_{false};
    int port_ = 0;
    std::thread thread_;
};

Result<MediaServerInfo> info_of(const std::string& url, const std::string& ca_file = {}) {
    MediaMtxOptions options;
    options.api_url = url;
    options.ca_file = ca_file;
    return open_media_mtx(options).value()->info();
}

// Returns the reason for which there is no answer.
std::string why(const Result<MediaServerInfo>& info) {
    REQUIRE_FALSE(info.has_value());
    CHECK(info.error().code == ErrorCode::kUnavailable);
    return info.error().message;
}

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE("a TLS handshake that arrives byte by byte fails at the deadline") {
    RawServer server([](RawConnection& connection) {
        // A record of 16 KiB that begins a ServerHello.
        connection.write(std::string("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", 9));
        while (connection.write("x")) std::this_thread::sleep_for(milliseconds(20));
    });
    const auto client = ClientCase::client_of("https" + server.url().substr(4));
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(client->info());
    // Twice: once more to find out why.
    CHECK(std::chrono::steady_clock::now() - start <
          2 * ClientCase::kTimeout + milliseconds(4'000));
}

TEST_CASE("a certificate is accepted when its authority is named, and no other one is then") {
    const TlsServer server;
    const TlsServer other;
    CHECK(info_of(server.url(), server.certificate()).value().version == "v1.20.1");
    const std::string refused = why(info_of(server.url(), other.certificate()));
    CHECK(refused.find("the certificate of " + server.place() + " is not accepted") !=
          std::string::npos);
    CHECK(refused.find("MEDIAMTX_API_CA") != std::string::npos);
    CHECK(why(info_of(server.url(), "/nonexistent/ca.pem")).find("/nonexistent/ca.pem") !=
          std::string::npos);
}

TEST_CASE("each reason for which there is no connection has a sentence of its own") {
    const TlsServer tls;
    const RawServer plain([](RawConnection& connection) {
        connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    });
    const std::string place = plain.url().substr(std::string_view("http://").size());
    CHECK(why(info_of(tls.url())).find("is not accepted (self-signed certificate)") !=
          std::string::npos);
    CHECK(why(info_of("http://" + tls.place())) ==
          "The media server cannot be reached: " + tls.place() +
              " speaks TLS, so its address must begin with https://.");
    CHECK(why(info_of("https://" + place)).find(place + " does not speak TLS") !=
          std::string::npos);
    CHECK(why(info_of("http://nowhere.invalid:9997"))
              .find("the name nowhere.invalid does not resolve") != std::string::npos);
    const std::string nobody = "127.0.0.1:" + std::to_string(free_port());
    CHECK(why(info_of("http://" + nobody)) ==
          "The media server cannot be reached: no program listens at " + nobody + ".");
}

TEST_CASE("a named pipe in the place of the authorities is not waited for") {
    const TlsServer server;
    const TemporaryDirectory directory;
    MediaMtxOptions options;
    options.api_url = server.url();
    options.ca_file = directory.file("authorities");
    REQUIRE(::mkfifo(options.ca_file.c_str(), 0600) == 0);
    const auto info = open_media_mtx(options).value()->info();
    REQUIRE_FALSE(info);
    CHECK(info.error().message.find("MEDIAMTX_API_CA is no ordinary file") != std::string::npos);
}

TEST_CASE("a certificate that the system does not trust is refused") {
    const TlsServer server;
    CHECK(code_of(ClientCase::client_of(server.url())->info()) == ErrorCode::kUnavailable);
}

TEST_CASE("a certificate that the system trusts is accepted, and deadlines apply to TLS too") {
    const TlsServer server;
    ::setenv("SSL_CERT_FILE", server.certificate().c_str(), 1);
    {
        const auto client = ClientCase::client_of(server.url());
        for (int round = 0; round < 3; ++round) {
            CHECK(client->info().value().version == "v1.20.1");
        }
        CHECK(code_of(client->list_paths()) == ErrorCode::kTimeout);
        CHECK(code_of(client->info()) == std::nullopt);
    }
    ::unsetenv("SSL_CERT_FILE");
}

TEST_SUITE_END();
