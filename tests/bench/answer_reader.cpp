#include "bench/answer_reader.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace rescuestream::bench {
namespace {

template <class Number>
Number number(std::string_view text, int base = 10) {
    Number value{};
    std::from_chars(text.data(), text.data() + text.size(), value, base);
    return value;
}

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

}  // namespace

void AnswerReader::reset() {
    state_ = State::kHead;
    head_.clear();
    body_.clear();
    line_.clear();
    remaining_ = 0;
    is_last_chunk_ = false;
    closes_connection_ = false;
    status_ = 0;
}

void AnswerReader::feed(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::kComplete) {
        switch (state_) {
            case State::kHead: {
                const std::size_t before = head_.size();
                head_ += bytes;
                const auto end = head_.find(
                    kHeadEnd, before < kHeadEnd.size() ? 0 : before - kHeadEnd.size() + 1);
                if (end == std::string::npos) return;
                head_.resize(end + kLineEnd.size());
                bytes.remove_prefix(end + kHeadEnd.size() - before);
                read_head();
                break;
            }
            case State::kLength:
                take_body(bytes, std::min(remaining_, bytes.size()));
                if (remaining_ == 0) state_ = State::kComplete;
                break;
            case State::kUntilEnd:
                remaining_ = bytes.size();
                take_body(bytes, bytes.size());
                break;
            case State::kChunkSize:
                read_chunk_size(bytes);
                break;
            case State::kChunk:
                take_body(bytes, std::min(remaining_, bytes.size()));
                if (remaining_ == 0) {
                    state_ = is_last_chunk_ ? State::kComplete : State::kChunkSize;
                    if (keeps_body_) body_.resize(body_.size() - kLineEnd.size());
                }
                break;
            case State::kComplete:
                return;
        }
    }
}

void AnswerReader::feed_end() {
    if (state_ == State::kUntilEnd) state_ = State::kComplete;
    closes_connection_ = true;
}

std::string_view AnswerReader::header(std::string_view name) const {
    const std::string_view head = head_;
    for (auto line = head.find(kLineEnd); line != std::string_view::npos;
         line = head.find(kLineEnd, line + kLineEnd.size())) {
        std::string_view rest = head.substr(line + kLineEnd.size());
        if (rest.size() <= name.size() || rest[name.size()] != ':' ||
            ::strncasecmp(rest.data(), name.data(), name.size()) != 0) {
            continue;
        }
        rest = rest.substr(name.size() + 1, rest.find(kLineEnd) - name.size() - 1);
        while (rest.starts_with(' ')) rest.remove_prefix(1);
        return rest;
    }
    return {};
}

void AnswerReader::read_head() {
    constexpr std::string_view kVersion = "HTTP/1.1 ";
    constexpr std::size_t kStatusLength = 3;
    constexpr int kNoContent = 204;
    if (head_.starts_with(kVersion)) {
        status_ = number<int>(std::string_view(head_).substr(kVersion.size(), kStatusLength));
    }
    closes_connection_ = header("Connection") == "close";
    const std::string_view length = header("Content-Length");
    remaining_ = number<std::size_t>(length);
    if (status_ == kNoContent || (!length.empty() && remaining_ == 0)) {
        state_ = State::kComplete;
    } else if (!length.empty()) {
        state_ = State::kLength;
    } else if (header("Transfer-Encoding") == "chunked") {
        state_ = State::kChunkSize;
    } else {
        state_ = State::kUntilEnd;
    }
}

void AnswerReader::take_body(std::string_view& bytes, std::size_t count) {
    if (keeps_body_) body_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    remaining_ -= count;
}

void AnswerReader::read_chunk_size(std::string_view& bytes) {
    const auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (end == std::string_view::npos) {
        bytes = {};
        return;
    }
    bytes.remove_prefix(end + 1);
    const auto size = number<std::size_t>(line_, 16);
    line_.clear();
    is_last_chunk_ = size == 0;
    remaining_ = size + kLineEnd.size();
    state_ = State::kChunk;
}

}  // namespace rescuestream::bench
