#pragma once

#include <chrono>
#include <string>

namespace rescuestream {

struct HttpUrl;

/// Why a server cannot be used.
struct ConnectionTrouble {
    enum class Kind {
        kNone,         ///< It can be connected to, and speaks the protocol of the URL.
        kName,         ///< Its name does not resolve.
        kRefused,      ///< No program listens at the port.
        kNoWay,        ///< The system knows no way to it, or something in between forbids it.
        kSilent,       ///< It did not answer in time.
        kPlain,        ///< It does not speak TLS, and the URL begins with https.
        kTls,          ///< It speaks TLS, and the URL begins with http.
        kCertificate,  ///< Its certificate is not accepted.
        kCaFile,       ///< The file with the accepted certificate authorities cannot be used.
    };
    Kind kind = Kind::kNone;
    /// The rest of a sentence that begins "… cannot be reached: ", without a full stop. Empty with
    /// kNone.
    std::string reason;
};

/// Finds out why a request to `url` got no answer: resolves the name, connects, and begins TLS. It
/// sends no request. Call it after a failure only. `ca_file` is a PEM file of the accepted
/// certificate authorities; empty: those of the system. Takes no longer than twice `within`, apart
/// from the system's resolver.
///
/// Thread-safety: may be called from any thread.
ConnectionTrouble find_connection_trouble(const HttpUrl& url, const std::string& ca_file,
                                          std::chrono::milliseconds within);

}  // namespace rescuestream
