#include "http/connection.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

namespace rescuestream::server {
namespace {

constexpr std::size_t kReceiveSize = 16 * 1024;
// Further bytes stay in the kernel, which stops the peer when its own buffer is full.
constexpr std::size_t kMostAtOnce = 64 * 1024;

}  // namespace

bool Connection::receive() {
    std::array<char, kReceiveSize> buffer;
    receive_needs_write_ = false;
    for (std::size_t taken = 0; taken < kMostAtOnce;) {
        const IoResult result = transport_->read(buffer.data(), buffer.size());
        if (result.status == IoResult::Status::kEnded) return false;
        if (result.status != IoResult::Status::kDone) {
            receive_needs_write_ = result.status == IoResult::Status::kNeedsWrite;
            return true;
        }
        in_.append({buffer.data(), result.bytes});
        moved(result.bytes);
        taken += result.bytes;
        // The buffer was not filled, so nothing more is there; this saves a call that would only
        // find that out.
        if (result.bytes < buffer.size() && !reads_ahead()) return true;
    }
    return true;
}

bool Connection::discard(std::size_t limit) {
    const bool is_open = receive();
    discarded_ += in_.rest().size();
    in_.clear();
    return is_open && discarded_ <= limit;
}

Connection::Sent Connection::send() {
    while (has_unsent()) {
        const std::string_view next = out_.rest(out_at_);
        const bool is_last = out_at_ + next.size() == out_.size();
        const IoResult result = transport_->write(next.data(), next.size(), !is_last);
        switch (result.status) {
            case IoResult::Status::kDone:
                out_at_ += result.bytes;
                moved(result.bytes);
                break;
            case IoResult::Status::kNeedsRead:
                return Sent::kNeedsRead;
            case IoResult::Status::kNeedsWrite:
                return Sent::kNeedsWrite;
            case IoResult::Status::kEnded:
                return Sent::kBroken;
        }
    }
    out_at_ = 0;
    std::string().swap(out_.text);  // the next response brings its own memory
    out_.shared_body.reset();
    return Sent::kAll;
}

// The body has already been received, up to the limit of its route.
BodyOutcome Connection::read(std::size_t limit, std::string& out) {
    if (!reader.body_was_read()) return BodyOutcome::kTooLarge;
    if (reader.body_outcome() != BodyOutcome::kComplete) return reader.body_outcome();
    if (reader.body().size() > limit) return BodyOutcome::kTooLarge;
    out = std::move(reader.body());
    return BodyOutcome::kComplete;
}

bool Connection::has_unread() const noexcept {
    int count = 0;
    return ::ioctl(socket(), FIONREAD, &count) == 0 && count > 0;
}

bool Connection::sender_has_gone() const {
    char next = 0;
    return ::recv(socket(), &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace rescuestream::server
