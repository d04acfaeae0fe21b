#pragma once

#include <cstddef>
#include <memory>

namespace rescuestream::server {

/// What a read or a write that never waits came to.
struct IoResult {
    enum class Status {
        kDone,        ///< `bytes` of them, at least one (of a handshake: none).
        kNeedsRead,   ///< Nothing now: try again when the socket is readable.
        kNeedsWrite,  ///< Nothing now: try again when the socket is writable.
        kEnded,       ///< The peer has ended its side, or the connection is broken.
    };
    Status status = Status::kEnded;
    std::size_t bytes = 0;
};

/// How bytes pass through an accepted socket: as they are, or by TLS.
///
/// Thread-safety: none. Ownership: the socket is closed with it.
class Transport {
public:
    explicit Transport(int socket) noexcept : socket_(socket) {}
    virtual ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// What must come before the first byte. kDone: it is over, or there is none.
    virtual IoResult shake_hands() noexcept { return {IoResult::Status::kDone, 0}; }
    virtual IoResult read(char* out, std::size_t size) noexcept = 0;
    virtual IoResult write(const char* data, std::size_t size) noexcept = 0;
    /// No more will be written.
    virtual void end_writing() noexcept = 0;
    /// Bytes may wait in here that no poll of the socket tells of.
    virtual bool reads_ahead() const noexcept = 0;
    int socket() const noexcept { return socket_; }

private:
    const int socket_;
};

std::unique_ptr<Transport> make_plain_transport(int socket);

}  // namespace rescuestream::server
