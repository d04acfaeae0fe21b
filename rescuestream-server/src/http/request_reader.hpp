#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/head.hpp"
#include "http/message.hpp"

namespace rescuestream::server {

/// Received bytes that were not parsed yet.
class Inbox {
public:
    std::string_view rest() const noexcept { return std::string_view(bytes_).substr(at_); }
    bool empty() const noexcept { return at_ == bytes_.size(); }
    void take(std::size_t count) noexcept { at_ += count; }
    void append(std::string_view bytes);
    std::size_t capacity() const noexcept { return bytes_.capacity(); }
    /// Frees the memory; bytes that were not taken are lost.
    void clear();
    /// Frees the memory of bytes that were taken.
    void trim();

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

/// An incremental parser: cuts requests out of the bytes of a connection as they arrive. It knows
/// nothing of sockets. Input that two programs could understand in two ways is refused as soon as
/// it is seen, because a proxy in front may understand it in the other way.
///
/// Thread-safety: none.
class RequestReader {
public:
    enum class Step {
        kNeedsMore,  ///< The whole inbox is consumed, and the request is not complete.
        /// The head is complete: call `read_body` if the body is wanted, then `advance`.
        kHead,
        kComplete,  ///< The request is complete, as far as it is to be read.
        kRefused,   ///< The request is malformed: see `problem`. No byte after it can be parsed.
    };

    explicit RequestReader(std::size_t max_head_bytes) : max_head_bytes_(max_head_bytes) {}

    Step advance(Inbox& in);

    /// Returns whether at least one byte of a request has arrived.
    bool has_begun() const noexcept { return place_ != Place::kHead || scanned_ > 0; }
    bool in_body() const noexcept { return place_ > Place::kHeadDone && place_ < Place::kDone; }
    Head& head() noexcept { return head_; }
    const HeadProblem& problem() const noexcept { return problem_; }

    /// After kHead: returns whether there is a body, or may be one.
    bool has_body() const noexcept;
    /// After kHead: asks for the body to be read, up to `limit`. Without this call it stays unread.
    void read_body(std::size_t limit);
    bool body_was_read() const noexcept { return reads_body_; }
    /// Returns the outcome of reading the body. kBroken: it has not arrived (yet).
    BodyOutcome body_outcome() const noexcept { return outcome_; }
    std::string& body() noexcept { return body_; }
    /// Returns the memory in use: the head, and the body as far as it has arrived.
    std::size_t buffer_bytes() const noexcept {
        return head_bytes_ + body_.capacity() + line_.capacity();
    }
    /// Returns whether a part of the request was left unread, so that the next byte does not begin
    /// a new request.
    bool has_unread_rest() const noexcept;

    /// Ends the request: the missing bytes will not arrive (in time).
    void give_up();
    /// Refuses the request, whatever it contains.
    void give_up(HeadProblem problem);

    /// Prepares for the next request.
    void reset();

private:
    // In the order in which they are reached.
    enum class Place {
        kHead,
        kHeadDone,
        kLength,     // a body whose length is known
        kChunkLine,  // the length of the next chunk
        kChunk,
        kChunkEnd,
        kTrailer,
        kDone,
    };

    Step take_head(Inbox& in);
    Step refuse(int status, std::string_view why);
    Step end_body(BodyOutcome outcome);
    Step take_length(Inbox& in);
    Step take_chunk_line(Inbox& in);
    Step take_chunk_end(Inbox& in);
    Step take_trailer(Inbox& in);
    // Moves up to `left_` bytes into the body.
    void move_to_body(Inbox& in);
    // Reads a line into `line_`, without its CRLF. Returns kComplete when the line is complete.
    Step take_line(Inbox& in, std::size_t max);

    const std::size_t max_head_bytes_;
    Place place_ = Place::kHead;
    std::size_t scanned_ = 0;
    bool past_first_line_ = false;
    Head head_;
    std::size_t head_bytes_ = 0;  // approximate memory of `head_`
    HeadProblem problem_;
    bool reads_body_ = false;
    std::size_t limit_ = 0;
    std::uint64_t left_ = 0;      // bytes that remain of the body or the chunk
    std::size_t side_bytes_ = 0;  // bytes of chunk lines and trailers
    std::string line_;
    std::string body_;
    BodyOutcome outcome_ = BodyOutcome::kBroken;
};

}  // namespace rescuestream::server
