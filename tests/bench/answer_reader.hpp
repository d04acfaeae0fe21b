#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rescuestream::bench {

/// Finds where one HTTP/1.1 answer ends. Keeps the head, and the body only when it is asked to.
class AnswerReader {
public:
    explicit AnswerReader(bool keeps_body = false) : keeps_body_(keeps_body) {}

    /// Forgets everything: the next byte is the first one of another answer.
    void reset();

    /// Takes bytes as they arrive. Bytes after the end of the answer are dropped, because nobody
    /// sends the next request before that.
    void feed(std::string_view bytes);
    /// The server closed the connection, which ends an answer without a length.
    void feed_end();

    bool is_complete() const { return state_ == State::kComplete; }
    bool has_begun() const { return state_ != State::kHead || !head_.empty(); }
    /// 0: no answer, or none that is HTTP.
    int status() const { return status_; }
    bool closes_connection() const { return closes_connection_; }
    const std::string& body() const { return body_; }

private:
    enum class State { kHead, kLength, kUntilEnd, kChunkSize, kChunk, kComplete };

    void read_head();
    std::string_view header(std::string_view name) const;
    void take_body(std::string_view& bytes, std::size_t count);
    void read_chunk_size(std::string_view& bytes);

    bool keeps_body_;
    State state_ = State::kHead;
    std::string head_;
    std::string body_;
    std::string line_;  // the part of a chunk's size line that has arrived
    // Bytes of the body, or of the chunk with its line end, that have not arrived yet.
    std::size_t remaining_ = 0;
    bool is_last_chunk_ = false;
    bool closes_connection_ = false;
    int status_ = 0;
};

}  // namespace rescuestream::bench
