#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "http/request_reader.hpp"
#include "http/service.hpp"
#include "http/transport.hpp"

namespace rescuestream::server {

class Lane;
struct Peer;

/// How long a connection may take for what, how much it may send, and how many there may be.
struct ConnectionLimits {
    std::chrono::milliseconds handshake{5'000};  ///< Of TLS, from the first packet to its end.
    std::chrono::milliseconds idle{75'000};      ///< Between two requests, and before the first.
    std::chrono::milliseconds head{5'000};       ///< From its first byte to its empty line.
    std::chrono::milliseconds body{20'000};      ///< However slowly it trickles.
    std::chrono::milliseconds answer{30'000};    ///< Until the peer has taken all of it.
    std::size_t head_bytes = 16 * 1024;
    std::size_t connections = 8'192;  ///< Of all peers together.
    /// Of one address. This machine and trusted proxies: half of all, when that is more.
    std::size_t connections_per_address = 1'024;
    std::size_t handshakes = 512;  ///< Connections whose TLS handshake is not over.
    /// Memory of requests that are being received or answered, and of answers until they are taken.
    std::size_t buffer_bytes = 64 * 1024 * 1024;
};

/// One accepted socket: what has come, what is to go, and how far it is. Nothing here waits.
///
/// Thread-safety: one thread at a time. It passes from the reactor to a worker with a whole
/// request, and back when it is given to the reactor's epoll.
class Connection final : public BodySource {
public:
    using Deadline = std::chrono::steady_clock::time_point;
    static constexpr std::size_t kProgress = 16 * 1024;
    enum class Phase {
        kHandshaking,  ///< TLS begins.
        kReading,      ///< Waits for a request, or the rest of one.
        kAnswering,    ///< A worker has it.
        kWriting,      ///< The peer takes the answer slowly.
        kLeaving,      ///< Everything is sent; waits until the peer has seen it.
    };
    enum class Sent { kAll, kNeedsRead, kNeedsWrite, kBroken };

    /// Who has connected, and where.
    struct Origin {
        std::uint64_t number = 0;
        std::string address;      ///< IP of the peer; "" for one on a Unix socket.
        bool media_only = false;  ///< Came to the address of the media server.
    };

    Connection(Origin from, std::unique_ptr<Transport> transport, std::size_t head_bytes)
        : origin(std::move(from)), reader(head_bytes), transport_(std::move(transport)) {}

    const Origin origin;

    Phase phase = Phase::kReading;
    Deadline deadline{};
    /// When the peer last got anywhere: it came, began a request, had it answered, or has sent or
    /// taken another kProgress bytes. The beginning of time for one that is owed nothing.
    Deadline since = std::chrono::steady_clock::now();
    std::atomic<bool> is_armed{false};  ///< The reactor's epoll has it.
    bool is_registered = false;         ///< The epoll knows its socket.
    RequestReader reader;
    std::shared_ptr<PendingRequest> request;  ///< From its head to its answer.
    Lane* lane = nullptr;           ///< Who answers the request; null: whoever has read it.
    bool is_preferred = false;      ///< In its lane.
    std::size_t counted_bytes = 0;  ///< Of its memory, in the reactor's sum.
    Peer* peer = nullptr;           ///< Whose it is, and where among theirs: see Crowd.
    std::size_t place = 0;

    IoResult shake_hands() noexcept { return transport_->shake_hands(); }
    /// Takes in what is there. False: the peer has ended its side.
    bool receive();
    /// What `receive` waits for when that is no byte (TLS).
    bool receive_needs_write() const noexcept { return receive_needs_write_; }
    Inbox& inbox() noexcept { return in_; }
    /// Bytes have come that were not taken in.
    bool has_unread() const noexcept;
    /// What its buffers take up.
    std::size_t buffer_bytes() const noexcept {
        return in_.capacity() + reader.buffer_bytes() + out_.capacity();
    }
    /// Throws away what comes, up to `limit` in all. False: the peer has ended, or it was too much.
    bool discard(std::size_t limit);

    void queue(std::string bytes) {
        if (has_unsent()) {
            out_.append(bytes);
        } else {
            out_ = std::move(bytes);
            out_at_ = 0;
        }
    }
    Sent send();
    bool has_unsent() const noexcept { return out_at_ < out_.size(); }
    /// Tells the peer that nothing follows.
    void end_writing() noexcept { transport_->end_writing(); }

    /// Ends after this answer.
    void close_after_answer() noexcept { closes_ = true; }
    bool closes() const noexcept { return closes_; }
    bool reads_ahead() const noexcept { return transport_->reads_ahead(); }
    int socket() const noexcept { return transport_->socket(); }

    // An answer may come while the thread that asked for it is still on its way out, or later. Who
    // comes second goes on with the connection.

    void begin_exchange() noexcept { exchange_ = Step::kBegun; }
    /// The answer is there. False: it is kept for who began, and `bytes` is void.
    bool ends_exchange(std::string& bytes) noexcept {
        early_answer_ = std::move(bytes);
        if (exchange_.exchange(Step::kAnswered) == Step::kBegun) return false;
        bytes = std::move(early_answer_);
        return true;
    }
    /// The answer, when it is there; else whoever has it goes on, and may have already.
    std::optional<std::string> leave_exchange() noexcept {
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
    std::string early_answer_;
    Inbox in_;
    std::string out_;
    std::size_t out_at_ = 0;
    std::size_t discarded_ = 0;
    std::size_t moved_ = 0;  // since the last progress
    bool receive_needs_write_ = false;
    bool closes_ = false;
};

}  // namespace rescuestream::server
