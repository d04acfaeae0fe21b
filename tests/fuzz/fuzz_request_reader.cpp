// Requests are cut out of a stream: the result does not depend on how the bytes are split, and
// no part of a body is taken for a request.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "http/request_reader.hpp"

using namespace rescuestream;
using namespace rescuestream::server;

namespace {

constexpr std::size_t kHeadBytes = 2'048;
constexpr std::size_t kBodyLimit = 512;

struct Seen {
    std::string target;
    std::string body;
    int status = 0;
    bool is_whole = false;
    bool operator==(const Seen&) const = default;
};

// `step`: number of bytes that arrive together.
std::vector<Seen> read_all(std::string_view bytes, std::size_t step) {
    std::vector<Seen> all;
    Inbox inbox;
    RequestReader reader(kHeadBytes);
    while (true) {
        switch (reader.advance(inbox)) {
            case RequestReader::Step::kNeedsMore:
                if (bytes.empty()) return all;
                inbox.append(bytes.substr(0, step));
                bytes.remove_prefix(std::min(step, bytes.size()));
                break;
            case RequestReader::Step::kHead:
                FUZZ_CHECK(!reader.head().request.method.empty());
                if (reader.has_body()) reader.read_body(kBodyLimit);
                break;
            case RequestReader::Step::kRefused:
                FUZZ_CHECK(!reader.problem().why.empty());
                all.push_back({"", "", reader.problem().status, false});
                return all;
            case RequestReader::Step::kComplete: {
                FUZZ_CHECK(reader.body().size() <= kBodyLimit);
                const bool is_whole = !reader.has_unread_rest();
                // The part of an incomplete body that has been read may differ.
                all.push_back(
                    {reader.head().request.target, is_whole ? reader.body() : "", 0, is_whole});
                if (!is_whole) return all;
                reader.reset();
                break;
            }
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes = fuzz::as_text(data + 1, size - 1);
    const auto whole = read_all(bytes, std::max<std::size_t>(bytes.size(), 1));
    FUZZ_CHECK(read_all(bytes, 1) == whole);
    FUZZ_CHECK(read_all(bytes, 1U + data[0]) == whole);
    return 0;
}
