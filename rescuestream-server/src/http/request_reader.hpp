#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/head.hpp"
#include "http/message.hpp"

namespace rescuestream::server {

/// Bytes that were received and not yet understood.
class Inbox {
public:
    std::string_view rest() const noexcept { return std::string_view(bytes_).substr(at_); }
    bool empty() const noexcept { return at_ == bytes_.size(); }
    void take(std::size_t count) noexcept { at_ += count; }
    void append(std::string_view bytes);
    std::size_t capacity() const noexcept { return bytes_.capacity(); }
    /// Gives the memory back; what was not taken is lost.
    void clear();
    /// Gives the memory back that nothing needs.
    void trim();

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

/// Cuts one request after the other out of the bytes of a connection, as they come in. Knows no
/// socket. What two programs could understand in two ways is refused as soon as it is seen: a proxy
/// in front may understand it in the other way.
///
/// Thread-safety: none.
class RequestReader {
public:
    enum class Step {
        kNeedsMore,  ///< All of the inbox is taken, and the request is not whole.
        kHead,       ///< The head is whole: call `read_body`, or nothing, then `advance`.
        kComplete,   ///< The request is whole, as far as it is read.
        kRefused,    ///< It is no request: see `problem`. Nothing after it can be understood.
    };

    explicit RequestReader(std::size_t max_head_bytes) : max_head_bytes_(max_head_bytes) {}

    Step advance(Inbox& in);

    /// Something of a request has come.
    bool has_begun() const noexcept { return place_ != Place::kHead || scanned_ > 0; }
    bool in_body() const noexcept { return place_ > Place::kHeadDone && place_ < Place::kDone; }
    Head& head() noexcept { return head_; }
    const HeadProblem& problem() const noexcept { return problem_; }

    /// After kHead: there is a body, or may be one.
    bool has_body() const noexcept;
    /// After kHead: reads the body up to `limit`. Otherwise it stays unread.
    void read_body(std::size_t limit);
    bool body_was_read() const noexcept { return reads_body_; }
    /// What became of the body that was to be read. kBroken: it has not come (yet).
    BodyOutcome body_outcome() const noexcept { return outcome_; }
    std::string& body() noexcept { return body_; }
    /// What it takes up: the head, and the body as far as it has come.
    std::size_t buffer_bytes() const noexcept {
        return head_bytes_ + body_.capacity() + line_.capacity();
    }
    /// Something of the request was left unread: the next byte is no new request.
    bool has_unread_rest() const noexcept;

    /// What is still missing will not come (in time).
    void give_up();
    /// The request is refused, whatever it is.
    void give_up(HeadProblem problem);

    /// For the next request.
    void reset();

private:
    // In the order in which they are passed.
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
    // A line without its CRLF into `line_`. kComplete: it is there.
    Step take_line(Inbox& in, std::size_t max);

    const std::size_t max_head_bytes_;
    Place place_ = Place::kHead;
    std::size_t scanned_ = 0;
    bool past_first_line_ = false;
    Head head_;
    std::size_t head_bytes_ = 0;  // what `head_` takes up, roughly
    HeadProblem problem_;
    bool reads_body_ = false;
    std::size_t limit_ = 0;
    std::uint64_t left_ = 0;      // of the body or the chunk
    std::size_t side_bytes_ = 0;  // of chunk lines and trailers
    std::string line_;
    std::string body_;
    BodyOutcome outcome_ = BodyOutcome::kBroken;
};

}  // namespace rescuestream::server
