#include "http/request_reader.hpp"

#include <algorithm>
#include <charconv>

namespace rescuestream::server {
namespace {

constexpr std::size_t kMaxRequestLine = 8 * 1024;
constexpr std::size_t kMaxChunkLine = 256;
// For all chunk lines and trailers: a body byte in a chunk of its own needs five of them.
constexpr std::size_t kMaxSideBytes = 256 * 1024;
constexpr std::size_t kMaxTrailer = 4 * 1024;
constexpr std::size_t kMaxTakenBytes = 64 * 1024;
constexpr std::size_t kMaxKeptBytes = 4 * 1024;

}  // namespace

void Inbox::append(std::string_view bytes) {
    if (at_ == bytes_.size()) {
        bytes_.clear();
        at_ = 0;
    }
    if (at_ > kMaxTakenBytes) {
        bytes_.erase(0, at_);
        at_ = 0;
    }
    bytes_.append(bytes);
}

void Inbox::trim() {
    if (bytes_.capacity() <= kMaxKeptBytes) return;
    if (empty()) {
        clear();
    } else if (bytes_.capacity() > 2 * rest().size() + kMaxKeptBytes) {
        std::string(rest()).swap(bytes_);
        at_ = 0;
    }
}

void Inbox::clear() {
    std::string().swap(bytes_);
    at_ = 0;
}

RequestReader::Step RequestReader::advance(Inbox& in) {
    while (true) {
        Step step = Step::kNeedsMore;
        switch (place_) {
            case Place::kHead:
                return take_head(in);
            case Place::kHeadDone:
                return end_body(BodyOutcome::kComplete);
            case Place::kLength:
                step = take_length(in);
                break;
            case Place::kChunkLine:
                step = take_chunk_line(in);
                break;
            case Place::kChunk:
                move_to_body(in);
                if (left_ == 0) place_ = Place::kChunkEnd;
                step = left_ == 0 ? Step::kHead : Step::kNeedsMore;
                break;
            case Place::kChunkEnd:
                step = take_chunk_end(in);
                break;
            case Place::kTrailer:
                step = take_trailer(in);
                break;
            case Place::kDone:
                return Step::kComplete;
        }
        // Here kHead means: continue with the next place.
        if (step != Step::kHead) return step;
    }
}

RequestReader::Step RequestReader::take_head(Inbox& in) {
    const std::string_view rest = in.rest();
    for (; scanned_ < rest.size(); ++scanned_) {
        const char c = rest[scanned_];
        if (c == '\0') return refuse(400, "A head has no NUL characters.");
        if (c != '\n') {
            if (scanned_ > 0 && rest[scanned_ - 1] == '\r') {
                return refuse(400, "A line of a head ends with CR and LF.");
            }
            continue;
        }
        if (scanned_ == 0 || rest[scanned_ - 1] != '\r') {
            return refuse(400, "A line of a head ends with CR and LF.");
        }
        if (scanned_ == 1) {  // an empty line before a request: RFC 9112 section 2.2
            in.take(2);
            scanned_ = 0;
            return take_head(in);
        }
        past_first_line_ = true;
        if (scanned_ >= 3 && rest.substr(scanned_ - 3, 4) == "\r\n\r\n") {
            const std::size_t size = scanned_ + 1;
            if (size > max_head_bytes_) break;
            auto head = parse_head(rest.substr(0, size), problem_);
            if (!head) {
                // What the request line itself contains is kept for the log.
                place_ = Place::kDone;
                return Step::kRefused;
            }
            if (head->request.target.size() > kMaxRequestLine) {
                return refuse(414, "Path and query are too long.");
            }
            head_ = *std::move(head);
            // The target and the path, and the two strings of each header.
            head_bytes_ = 2 * size + head_.request.headers.size() * sizeof(Headers::value_type);
            in.take(size);
            place_ = Place::kHeadDone;
            return Step::kHead;
        }
    }
    if (!past_first_line_ && scanned_ > kMaxRequestLine + 256) {
        return refuse(414, "Path and query are too long.");
    }
    if (scanned_ >= max_head_bytes_) return refuse(431, "The head of the request is too large.");
    return Step::kNeedsMore;
}

RequestReader::Step RequestReader::refuse(int status, std::string_view why) {
    problem_ = {status, why};
    place_ = Place::kDone;
    return Step::kRefused;
}

bool RequestReader::has_body() const noexcept {
    return head_.framing.chunked || head_.framing.content_length.value_or(0) > 0;
}

void RequestReader::read_body(std::size_t limit) {
    if (!has_body()) return;
    reads_body_ = true;
    limit_ = limit;
    if (head_.framing.chunked) {
        place_ = Place::kChunkLine;
        return;
    }
    left_ = *head_.framing.content_length;
    if (left_ > limit_) {
        end_body(BodyOutcome::kTooLarge);
        return;
    }
    place_ = Place::kLength;
}

bool RequestReader::has_unread_rest() const noexcept {
    if (!has_body()) return false;
    return !reads_body_ || outcome_ != BodyOutcome::kComplete;
}

RequestReader::Step RequestReader::end_body(BodyOutcome outcome) {
    if (reads_body_) outcome_ = outcome;
    place_ = Place::kDone;
    return Step::kComplete;
}

void RequestReader::move_to_body(Inbox& in) {
    const std::string_view bytes =
        in.rest().substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, SIZE_MAX)));
    // The announced length may never arrive, so memory grows only with the bytes that do.
    const std::size_t needed = body_.size() + bytes.size();
    if (needed > body_.capacity()) {
        const std::size_t whole = body_.size() + static_cast<std::size_t>(left_);
        body_.reserve(std::min(whole, std::max(needed, 2 * body_.capacity())));
    }
    body_.append(bytes);
    in.take(bytes.size());
    left_ -= bytes.size();
}

RequestReader::Step RequestReader::take_length(Inbox& in) {
    move_to_body(in);
    return left_ == 0 ? end_body(BodyOutcome::kComplete) : Step::kNeedsMore;
}

RequestReader::Step RequestReader::take_line(Inbox& in, std::size_t max) {
    while (!in.empty()) {
        const char c = in.rest().front();
        in.take(1);
        line_ += c;
        if (++side_bytes_ > kMaxSideBytes || line_.size() > max + 2) {
            return end_body(BodyOutcome::kMalformed);
        }
        const bool after_cr = line_.size() > 1 && line_[line_.size() - 2] == '\r';
        if ((c == '\n') != after_cr || c == '\0') return end_body(BodyOutcome::kMalformed);
        if (c == '\n') {
            line_.resize(line_.size() - 2);
            return Step::kHead;
        }
    }
    return Step::kNeedsMore;
}

// RFC 9112 section 7.1.
RequestReader::Step RequestReader::take_chunk_line(Inbox& in) {
    const Step step = take_line(in, kMaxChunkLine);
    if (step != Step::kHead) return step;
    std::uint64_t size = 0;
    const char* end = line_.data() + line_.size();
    const auto [parsed, error] = std::from_chars(line_.data(), end, size, 16);
    const bool is_extended = parsed != end && *parsed == ';';
    if (error != std::errc{} || (parsed != end && !is_extended)) {
        return end_body(BodyOutcome::kMalformed);
    }
    line_.clear();
    if (size > limit_ - body_.size()) return end_body(BodyOutcome::kTooLarge);
    left_ = size;
    place_ = size == 0 ? Place::kTrailer : Place::kChunk;
    return Step::kHead;
}

RequestReader::Step RequestReader::take_chunk_end(Inbox& in) {
    const Step step = take_line(in, 0);
    if (step != Step::kHead) return step;
    place_ = Place::kChunkLine;
    return Step::kHead;
}

// Trailers are read and discarded: no route needs them.
RequestReader::Step RequestReader::take_trailer(Inbox& in) {
    const Step step = take_line(in, kMaxTrailer);
    if (step != Step::kHead) return step;
    const bool is_last = line_.empty();
    line_.clear();
    return is_last ? end_body(BodyOutcome::kComplete) : Step::kHead;
}

void RequestReader::give_up() {
    if (in_body()) {
        end_body(BodyOutcome::kBroken);
    } else {
        refuse(408, "The head of the request did not arrive in time.");
    }
}

void RequestReader::give_up(HeadProblem problem) {
    std::string().swap(body_);
    refuse(problem.status, problem.why);
}

void RequestReader::reset() {
    place_ = Place::kHead;
    scanned_ = 0;
    past_first_line_ = false;
    head_ = {};
    head_bytes_ = 0;
    problem_ = {};
    reads_body_ = false;
    limit_ = 0;
    left_ = 0;
    side_bytes_ = 0;
    std::string().swap(line_);
    std::string().swap(body_);
    outcome_ = BodyOutcome::kBroken;
}

}  // namespace rescuestream::server
