#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/transport.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::server {

/// The server's certificate and private key. The files are read again when they change, so that a
/// renewed certificate needs no restart. A certificate that cannot be used is logged, and the
/// previous one stays in use.
///
/// Thread-safety: all methods may be called from any thread.
class TlsIdentity {
public:
    /// Reads the files. kInvalidArgument names the file that cannot be used, and why. `logger` must
    /// outlive the object.
    static Result<std::unique_ptr<TlsIdentity>> load(std::string certificate_file,
                                                     std::string key_file, Logger& logger);
    ~TlsIdentity();

    /// Returns the transport of an accepted socket. Returns null when there is no memory; the
    /// socket is then closed.
    std::unique_ptr<Transport> open(int socket);

    /// Returns when the certificate in use expires. Empty: it does not say so.
    std::optional<Timestamp> expires_at();

private:
    struct State;
    explicit TlsIdentity(std::unique_ptr<State> state);
    void reload_if_changed();

    std::mutex mutex_;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
