#pragma once

#include <cstddef>
#include <memory>

namespace rescuestream::server {

/// The result of a non-blocking read or write.
struct IoResult {
    enum class Status {
        kDone,        ///< `bytes` were transferred, at least one (none for a handshake).
        kNeedsRead,   ///< Nothing was transferred: try again when the socket is readable.
        kNeedsWrite,  ///< Nothing was transferred: try again when the socket is writable.
        kEnded,       ///< The peer has closed its side, or the connection is broken.
    };
    Status status = Status::kEnded;
    std::size_t bytes = 0;
};

/// Transfers bytes through an accepted socket, in plain text or by TLS.
///
/// Thread-safety: none. Ownership: it closes the socket when it is destroyed.
class Transport {
public:
    explicit Transport(int socket) noexcept : socket_(socket) {}
    virtual ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Performs the next step of the handshake. Returns kDone when it is over, or when there is
    /// none.
    virtual IoResult shake_hands() noexcept { return {IoResult::Status::kDone, 0}; }
    virtual IoResult read(char* out, std::size_t size) noexcept = 0;
    /// With `more_follows` the bytes need not be sent on their own: another write comes at once.
    virtual IoResult write(const char* data, std::size_t size, bool more_follows) noexcept = 0;
    /// Tells the peer that no more bytes follow.
    virtual void end_writing() noexcept = 0;
    /// Returns whether the transport may hold bytes that polling the socket does not report.
    virtual bool reads_ahead() const noexcept = 0;
    int socket() const noexcept { return socket_; }

private:
    const int socket_;
};

std::unique_ptr<Transport> make_plain_transport(int socket);

}  // namespace rescuestream::server
