#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "http/transport.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::server {

/// Certificate and key of the server, read again when their files change: a renewed certificate
/// needs no restart. One that cannot be used is reported, and the one before stays in force.
///
/// Thread-safety: all methods from any thread.
class TlsIdentity {
public:
    /// kInvalidArgument: which file cannot be used, and why. `logger` must outlive it.
    static Result<std::unique_ptr<TlsIdentity>> load(std::string certificate_file,
                                                     std::string key_file, Logger& logger);
    ~TlsIdentity();

    /// Null when there is no memory; the socket is closed then.
    std::unique_ptr<Transport> open(int socket);

private:
    struct State;
    explicit TlsIdentity(std::unique_ptr<State> state);
    void reload_if_changed();

    std::mutex mutex_;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::server
