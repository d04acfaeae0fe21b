#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "http/request_reader.hpp"
#include "http/response_writer.hpp"
#include "http/service.hpp"
#include "http/transport.hpp"

namespace rescuestream::server {

class Lane;
struct Peer;

/// The time limits of a connection, how much it may send, and how many connections there may be.
struct ConnectionLimits {
    /// For the TLS handshake, from the first packet to its end.
    std::chrono::milliseconds handshake{5'000};
    /// Between two requests, and before the first one.
    std::chrono::milliseconds idle{75'000};
    /// From the first byte of the head to the empty line.
    std::chrono::milliseconds head{5'000};
    std::chrono::milliseconds body{20'000};  ///< For the whole body.
    /// Until the peer has received the whole response.
    std::chrono::milliseconds answer{30'000};
    std::size_t head_bytes = 16 * 1024;
    std::size_t connections = 8'192;  ///< Of all peers together.
    /// Of one address. For this machine and trusted proxies it is half of `connections`, if that is
    /// more.
    std::size_t connections_per_address = 1'024;
    std::size_t handshakes = 512;  ///< Connections whose TLS handshake has not finished.
    /// Memory of requests that are being received or answered, and of responses that are being
    /// sent.
    std::size_t buffer_bytes = 64 * 1024 * 1024;
};

/// One accepted socket with its receive buffer, its send buffer and the state of its request. No
/// method blocks.
///
/// Thread-safety: one thread at a time. The reactor passes a connection to a worker together with a
/// complete request; it belongs to the reactor again once it is armed in the reactor's epoll.
class Connection final : public BodySource {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kProgress = 16 * 1024;
    enum class Phase {
        kHandshaking,  ///< The TLS handshake is in progress.
        kReading,      ///< Waits for a request, or for the remaining bytes of one.
        kAnswering,    ///< A worker is answering the request.
        kWriting,      ///< The response is being sent; the peer reads it slowly.
        kLeaving,      ///< Everything is sent; waits until the peer closes its side.
    };
    enum class Sent { kAll, kNeedsRead, kNeedsWrite, kBroken };

    /// Who has connected, and to which listener.
    struct Origin {
        std::uint64_t number = 0;
        std::string address;      ///< IP of the peer; "" for a peer on a Unix socket.
        bool media_only = false;  ///< True for the media server's own listener.
    };

    Connection(Origin from, std::unique_ptr<Transport> transport, std::size_t head_bytes)
        : origin(std::move(from)), reader(head_bytes), transport_(std::move(transport)) {}

    const Origin origin;

    Phase phase = Phase::kReading;
    Deadline deadline{};
    /// When the peer last made progress: it connected, began a request, received a response, or
    /// sent or received another kProgress bytes. The epoch for a peer that is owed nothing more.
    Deadline since = std::chrono::steady_clock::now();
    std::atomic<bool> is_armed{false};  ///< The reactor's epoll has it armed.
    bool is_registered = false;         ///< Its socket was added to the epoll.
    RequestReader reader;
    std::shared_ptr<PendingRequest> request;  ///< Set from the head of the request to its response.
    /// The lane that answers the request; null: the thread that read it answers it.
    Lane* lane = nullptr;
    bool is_preferred = false;      ///< True if the lane serves it before others.
    std::size_t counted_bytes = 0;  ///< Its part of the reactor's total of buffer memory.
    /// The peer that it is counted under, and its index there: see ConnectionTable.
    Peer* peer = nullptr;
    std::size_t place = 0;

    IoResult shake_hands() noexcept { return transport_->shake_hands(); }
    /// Reads the bytes that have arrived into the inbox. Returns false when the peer has closed its
    /// side.
    bool receive();
    /// True if `receive` must wait until the socket is writable (TLS) instead of readable.
    bool receive_needs_write() const noexcept { return receive_needs_write_; }
    Inbox& inbox() noexcept { return in_; }
    /// Returns whether bytes have arrived that `receive` has not read yet.
    bool has_unread() const noexcept;
    /// Returns the memory that its buffers take up.
    std::size_t buffer_bytes() const noexcept {
        return in_.capacity() + reader.buffer_bytes() + out_.memory();
    }
    /// Discards the bytes that arrive, up to `limit` in total. Returns false when the peer has
    /// closed its side, or has sent more.
    bool discard(std::size_t limit);

    /// Precondition: all that was queued before has been sent.
    void queue(ResponseBytes bytes) noexcept {
        out_ = std::move(bytes);
        out_at_ = 0;
    }
    Sent send();
    bool has_unsent() const noexcept { return out_at_ < out_.size(); }
    /// Tells the peer that no more bytes follow.
    void end_writing() noexcept { transport_->end_writing(); }

    /// Closes the connection after this response.
    void close_after_answer() noexcept { closes_ = true; }
    bool closes() const noexcept { return closes_; }
    bool reads_ahead() const noexcept { return transport_->reads_ahead(); }
    int socket() const noexcept { return transport_->socket(); }

    // The response may be ready before the thread that asked for it has called `leave_exchange`, or
    // after it. Of the two threads, the one that arrives second continues with the connection.

    void begin_exchange() noexcept { exchange_ = Step::kBegun; }
    /// The response is ready. Returns false if the thread that began the exchange will send it;
    /// `bytes` must then not be used.
    bool ends_exchange(ResponseBytes& bytes) noexcept {
        early_answer_ = std::move(bytes);
        if (exchange_.exchange(Step::kAnswered) == Step::kBegun) return false;
        bytes = std::move(early_answer_);
        return true;
    }
    /// Returns the response if it is ready. Otherwise the thread that produces it continues with
    /// the connection, and may already have done so.
    std::optional<ResponseBytes> leave_exchange() noexcept {
        if (exchange_.exchange(Step::kLeft) != Step::kAnswered) return std::nullopt;
        return std::move(early_answer_);
    }

    // BodySource
    bool present() const noexcept override { return reader.has_body(); }
    BodyOutcome read(std::size_t limit, std::string& out) override;
    bool sender_has_gone() const override;

private:
    void moved(std::size_t bytes) noexcept {
        if ((moved_ += bytes) < kProgress) return;
        moved_ = 0;
        since = std::chrono::steady_clock::now();
    }

    enum class Step { kBegun, kLeft, kAnswered };

    std::unique_ptr<Transport> transport_;
    std::atomic<Step> exchange_{Step::kBegun};
    ResponseBytes early_answer_;
    Inbox in_;
    ResponseBytes out_;
    std::size_t out_at_ = 0;
    std::size_t discarded_ = 0;
    std::size_t moved_ = 0;  // since the last progress
    bool receive_needs_write_ = false;
    bool closes_ = false;
};

}  // namespace rescuestream::server
