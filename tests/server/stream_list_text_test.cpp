#include "stream_list_text.hpp"

#include <doctest/doctest.h>

#include "rescuestream/json.hpp"

using namespace rescuestream;
using namespace rescuestream::server;

namespace {

/// Streams of two nodes whose addresses can change.
struct StreamListCase {
    StreamListCase() {
        for (int i = 0; i < 6; ++i) {
            ListedStream stream;
            Uuid::Bytes id{};
            id.back() = static_cast<std::uint8_t>(i + 1);
            stream.id = StreamId(Uuid(id));
            stream.node = i < 4 ? "default" : "other";
            stream.path = "live/" + std::to_string(i);
            stream.metadata = JsonObject::parse(R"({"a":"}"})").value();
            streams.push_back(stream);
        }
    }

    ViewerAddresses addresses_of(const Stream& stream) const {
        ViewerAddresses addresses;
        addresses.hls = host + "/" + stream.node + "/" + stream.path;
        return addresses;
    }
    /// Fails if the text differs from one that is newly written.
    std::string write() {
        const auto of = [this](const Stream& stream) { return addresses_of(stream); };
        const std::string kept = list.write(streams, of);
        std::string whole = "{\"streams\":[";
        for (const auto& stream : streams) {
            if (whole.back() == '}') whole += ',';
            whole += to_json(stream, addresses_of(stream));
        }
        whole += "],\"count\":" + std::to_string(streams.size()) + "}";
        CHECK(kept == whole);
        return kept;
    }

    std::vector<ListedStream> streams;
    std::string host = "http://a";
    StreamListText list;
};

}  // namespace

TEST_CASE_FIXTURE(StreamListCase, "a list with texts of the previous one equals a new list") {
    const std::string first = write();
    CHECK(write() == first);
    streams[0].bitrate = 1'000;
    streams[1].viewers = 2;
    streams[2].bitrate = 3;
    streams[2].viewers = 0;
    CHECK(write() != first);
    streams[0].bitrate = 2'000;
    streams[1].viewers.reset();
    streams[3].playable = false;
    streams[3].not_playable_reason = "no key frame";
    streams[4].broadcaster_name = "Team \"A\"";
    write();
    streams.erase(streams.begin() + 2);
    std::swap(streams[0], streams[1]);
    write();
    streams.clear();
    CHECK(write() == R"({"streams":[],"count":0})");
}

TEST_CASE_FIXTURE(StreamListCase, "new addresses of a node are in the next list") {
    write();
    host = "http://b";
    CHECK(write().find("http://a") == std::string::npos);
}

TEST_CASE_FIXTURE(StreamListCase, "texts that nobody asks for are freed after a minute") {
    write();
    const auto now = std::chrono::steady_clock::now();
    CHECK(list.forget_unused(now));
    CHECK_FALSE(list.forget_unused(now + std::chrono::minutes(2)));
    write();
}
