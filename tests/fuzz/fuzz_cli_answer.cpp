// Answers of a server to the command line: each gives complete records, or one clear error.
#include <string>

#include "admin/http_messages.hpp"
#include "admin/json_reader.hpp"
#include "fuzz/fuzz.hpp"
#include "output.hpp"
#include "problem.hpp"

using namespace rescuestream;
using namespace rescuestream::cli;

namespace {

HttpReply reply_of(int status, std::string_view body, const char* content_type) {
    HttpReply reply;
    reply.status = status;
    reply.content_type = content_type;
    reply.body = body;
    return reply;
}

// Returns false for an invalid answer, for which there must be a clear error.
template <class T>
bool is_whole(const Result<T>& result) {
    if (result) return true;
    FUZZ_CHECK(result.error().code == ErrorCode::kInternal);
    FUZZ_CHECK(!result.error().message.empty() && !result.error().detail.empty());
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body = fuzz::as_text(data, size);
    const Result<HttpReply> reply = reply_of(200, body, "application/json");
    using messages::parse_answer;
    using messages::parse_list;
    is_whole(parse_list(reply, "broadcasters", fields::read_broadcaster));
    if (const auto keys = parse_list(reply, "stream_keys", fields::read_stream_key);
        is_whole(keys)) {
        for (const auto& key : keys->items) {
            if (key.policies.max_session_duration) {
                FUZZ_CHECK(!show_duration(*key.policies.max_session_duration).empty());
            }
        }
    }
    if (const auto streams = parse_list(reply, "streams", read_stream); is_whole(streams)) {
        for (const auto& [stream, addresses, figures] : streams->items) {
            FUZZ_CHECK(!show_gap(stream.interrupted_for).empty());
            if (figures) FUZZ_CHECK(!show_bitrate(figures->bitrate).empty());
        }
    }
    is_whole(parse_list(reply, "timeline", fields::read_transition));
    is_whole(parse_answer(reply, fields::read_broadcaster));
    is_whole(parse_answer(reply, read_created_key));
    is_whole(parse_answer(reply, read_rotated_key));
    is_whole(parse_answer(reply, read_stream));
    is_whole(parse_answer(reply, read_audit_page));
    is_whole(parse_answer(reply, fields::read_cutoff));
    const Error error = problem_error(reply_of(400, body, "application/problem+json"));
    FUZZ_CHECK(!error.message.empty());
    try {
        const CutoffReport report = read_cutoff_header(body);
        FUZZ_CHECK(report.kicked >= 0 && report.pending >= 0);
    } catch (const BadValue&) {
        // An error in words is all that is required.
    }
    return 0;
}
