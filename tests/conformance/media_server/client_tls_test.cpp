// The MediaMTX client with `apiEncryption`.
#include <httplib.h>
#include <stdlib.h>  // setenv

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "conformance/media_server/client_case.hpp"
#include "support/process.hpp"
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
    std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

private:
    TemporaryDirectory directory_;
    std::unique_ptr<httplib::SSLServer> server_;
    std::atomic<bool> stopping_{false};
    int port_ = 0;
    std::thread thread_;
};

}  // namespace

TEST_SUITE_BEGIN("stub");

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
