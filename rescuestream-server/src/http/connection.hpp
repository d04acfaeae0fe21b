#pragma once

#include <httplib.h>

#include <chrono>
#include <string>

#include "http/head.hpp"
#include "http/message.hpp"

namespace rescuestream::server {

/// How long a connection may take for what, and how much it may send.
struct ConnectionLimits {
    std::chrono::milliseconds idle{5'000};     ///< Between two requests.
    std::chrono::milliseconds head{5'000};     ///< From its first byte to its empty line.
    std::chrono::milliseconds body{20'000};    ///< However slowly it trickles.
    std::chrono::milliseconds answer{30'000};  ///< Until the peer has taken all of it.
    std::size_t head_bytes = 16 * 1024;
};

/// One accepted socket, as cpp-httplib's stream. It keeps the head of each request as it was sent
/// (the library's own parser decodes header values and takes what two programs could read in two
/// ways), bounds every wait as a whole rather than per byte, and reads bodies, chunked ones too, up
/// to a limit.
///
/// Thread-safety: none; belongs to the thread that answers.
class Connection final : public httplib::Stream, public BodySource {
public:
    /// `wake` becomes readable when idle connections must end; -1: never. Owns neither.
    Connection(int socket, int wake, ConnectionLimits limits);

    /// Waits for the first byte of a request. False: the peer has gone, was idle for too long, or
    /// the server stops.
    bool wait_for_request();
    /// Forgets the request before. Call before each.
    void begin_request();
    /// The head that was read since then.
    const std::string& raw_head() const noexcept { return head_; }
    /// Reads until the empty line, when the library's parser gave up before it.
    bool read_rest_of_head();
    bool head_too_large() const noexcept { return head_too_large_; }
    /// From here on reads belong to the body.
    void end_head(const Framing& framing);
    /// Sends what was written. False: the peer did not take it.
    bool flush();
    /// Something of the request was not read: the next byte is no new request.
    bool has_unread_rest() const noexcept { return !body_complete_; }
    /// The answer to this request is the last one.
    void close_after_answer() noexcept { closes_ = true; }
    bool closes() const noexcept { return closes_; }
    /// Closes so that the peer can read the answer although it still sends: waits a little for it.
    void finish();

    // BodySource
    bool present() const noexcept override;
    BodyOutcome read(std::size_t limit, std::string& out) override;
    bool sender_has_gone() const override;

    // httplib::Stream
    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* out, std::size_t size) override;
    ssize_t write(const char* data, std::size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return socket_; }

private:
    using Deadline = std::chrono::steady_clock::time_point;

    bool fill();  ///< Receives more into `in_`, until `deadline_`.
    bool wait(short events);
    bool take_line(std::string& line, std::size_t max);
    BodyOutcome read_length(std::uint64_t length, std::string& out);
    BodyOutcome read_chunks(std::size_t limit, std::string& out);

    int socket_;
    int wake_;
    ConnectionLimits limits_;
    Deadline deadline_{};
    std::string in_;  ///< Received and not yet taken: `in_` from `in_at_` on.
    std::size_t in_at_ = 0;
    std::string out_;
    std::string head_;
    Framing framing_;
    bool in_head_ = true;
    bool hurried_ = false;  ///< The server stops: little time is left.
    bool head_too_large_ = false;
    bool body_complete_ = true;
    bool closes_ = false;
};

}  // namespace rescuestream::server
