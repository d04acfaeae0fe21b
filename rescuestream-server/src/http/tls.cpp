#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "support/regular_file.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLookInterval{1};
constexpr std::size_t kMaxFileBytes = 1U << 20U;

struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
struct FreeSession {
    void operator()(SSL* session) const noexcept { SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Session = std::unique_ptr<SSL, FreeSession>;

/// A transport that uses OpenSSL over a non-blocking socket.
class TlsTransport final : public Transport {
public:
    TlsTransport(int socket, Session session) noexcept
        : Transport(socket), session_(std::move(session)) {}

    IoResult shake_hands() noexcept override {
        ERR_clear_error();
        return result_of(SSL_do_handshake(session_.get()), 0);
    }
    IoResult read(char* out, std::size_t size) noexcept override {
        ERR_clear_error();
        std::size_t count = 0;
        const int done = SSL_read_ex(session_.get(), out, size, &count);
        return result_of(done, count);
    }
    IoResult write(const char* data, std::size_t size, bool /*more_follows*/) noexcept override {
        ERR_clear_error();
        std::size_t count = 0;
        const int done = SSL_write_ex(session_.get(), data, size, &count);
        return result_of(done, count);
    }
    void end_writing() noexcept override {
        ERR_clear_error();
        if (SSL_is_init_finished(session_.get()) != 0) SSL_shutdown(session_.get());
        ERR_clear_error();
        ::shutdown(socket(), SHUT_WR);
    }
    bool reads_ahead() const noexcept override { return true; }

private:
    IoResult result_of(int done, std::size_t count) noexcept {
        using Status = IoResult::Status;
        if (done == 1) return {Status::kDone, count};
        switch (SSL_get_error(session_.get(), done)) {
            case SSL_ERROR_WANT_READ:
                return {Status::kNeedsRead, 0};
            case SSL_ERROR_WANT_WRITE:
                return {Status::kNeedsWrite, 0};
            default:
                return {Status::kEnded, 0};
        }
    }

    const Session session_;
};

std::string last_error() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

// Returns the time of the last change of both files. It also changes when a symbolic link is
// redirected.
std::string version_of(const std::string& certificate_file, const std::string& key_file) {
    std::string version;
    for (const auto& file : {certificate_file, key_file}) {
        struct stat status {};
        if (::stat(file.c_str(), &status) != 0) return {};
        version += std::to_string(status.st_ino) + ":" + std::to_string(status.st_mtim.tv_sec) +
                   "." + std::to_string(status.st_mtim.tv_nsec) + " ";
    }
    return version;
}

using Buffer = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Buffer buffer_of(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

// Nobody is asked for a pass phrase: a key that has one cannot be used.
int no_pass_phrase(char* /*out*/, int /*size*/, int /*writes*/, void* /*data*/) {
    return 0;
}

// The certificate, and after it those of the authorities that signed it.
bool use_certificates(SSL_CTX* context, const std::string& pem) {
    const Buffer buffer = buffer_of(pem);
    if (!buffer) return false;
    const Certificate own(PEM_read_bio_X509_AUX(buffer.get(), nullptr, no_pass_phrase, nullptr),
                          &X509_free);
    if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) return false;
    SSL_CTX_clear_chain_certs(context);
    while (X509* authority = PEM_read_bio_X509(buffer.get(), nullptr, no_pass_phrase, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, authority) != 1) {
            X509_free(authority);
            return false;
        }
    }
    const auto error = ERR_peek_last_error();
    const bool is_end =
        ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (is_end) ERR_clear_error();
    return is_end;
}

bool use_key(SSL_CTX* context, const std::string& pem) {
    const Buffer buffer = buffer_of(pem);
    if (!buffer) return false;
    const Key key(PEM_read_bio_PrivateKey(buffer.get(), nullptr, no_pass_phrase, nullptr),
                  &EVP_PKEY_free);
    return key && SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

Error unreadable(const std::string& what, const Error& error) {
    return {ErrorCode::kInvalidArgument, what + " " + error.message + ".", {}, {}};
}

Result<Context> make_context(const std::string& certificate_file, const std::string& key_file) {
    const auto failed = [](const std::string& what) {
        return Error{ErrorCode::kInvalidArgument, what + " (" + last_error() + ").", {}, {}};
    };
    Context context(SSL_CTX_new(TLS_server_method()));
    if (!context) return failed("TLS cannot be used");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Sessions are resumed by tickets. A session cache would let unknown clients fill memory.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    // OpenSSL would wait for a named pipe, and this runs on the thread of all connections.
    const auto certificate = read_regular_file(certificate_file, kMaxFileBytes);
    if (!certificate) return unreadable("TLS_CERTIFICATE " + certificate_file, certificate.error());
    const auto key = read_regular_file(key_file, kMaxFileBytes);
    if (!key) return unreadable("TLS_KEY " + key_file, key.error());
    if (!use_certificates(context.get(), certificate->content)) {
        return failed("TLS_CERTIFICATE " + certificate_file + " holds no certificate in PEM form");
    }
    if (!use_key(context.get(), key->content)) {
        return failed("TLS_KEY " + key_file +
                      " holds no private key in PEM form, or not that of the certificate");
    }
    return context;
}

}  // namespace

struct TlsIdentity::State {
    std::string certificate_file;
    std::string key_file;
    Logger& logger;
    std::string version;
    Context context;
    steady_clock::time_point next_look;
};

TlsIdentity::TlsIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsIdentity::~TlsIdentity() = default;

Result<std::unique_ptr<TlsIdentity>> TlsIdentity::load(std::string certificate_file,
                                                       std::string key_file, Logger& logger) {
    std::string version = version_of(certificate_file, key_file);
    auto context = make_context(certificate_file, key_file);
    if (!context) return std::move(context).error();
    auto state = std::unique_ptr<State>(new State{std::move(certificate_file), std::move(key_file),
                                                  logger, std::move(version), *std::move(context),
                                                  steady_clock::now() + kLookInterval});
    return std::unique_ptr<TlsIdentity>(new TlsIdentity(std::move(state)));
}

// While the files are being replaced they may not match each other: then the next check finds them.
void TlsIdentity::reload_if_changed() {
    const auto now = steady_clock::now();
    if (now < state_->next_look) return;
    state_->next_look = now + kLookInterval;
    std::string version = version_of(state_->certificate_file, state_->key_file);
    if (version.empty() || version == state_->version) return;
    auto context = make_context(state_->certificate_file, state_->key_file);
    if (!context) {
        state_->logger.warning("the changed certificate cannot be used, the one before stays",
                               {{"error", context.error().message}});
        return;
    }
    state_->context = *std::move(context);
    state_->version = std::move(version);
    state_->logger.info("a changed certificate is in use",
                        {{"certificate", state_->certificate_file}});
}

std::optional<Timestamp> TlsIdentity::expires_at() {
    const std::lock_guard lock(mutex_);
    const X509* const certificate = SSL_CTX_get0_certificate(state_->context.get());
    std::tm time{};
    if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) {
        return std::nullopt;
    }
    return Timestamp(std::chrono::seconds(::timegm(&time)));
}

std::unique_ptr<Transport> TlsIdentity::open(int socket) {
    const std::lock_guard lock(mutex_);
    reload_if_changed();
    Session session(SSL_new(state_->context.get()));
    if (!session || SSL_set_fd(session.get(), socket) != 1) {
        ::close(socket);
        return nullptr;
    }
    SSL_set_accept_state(session.get());
    return std::make_unique<TlsTransport>(socket, std::move(session));
}

}  // namespace rescuestream::server
