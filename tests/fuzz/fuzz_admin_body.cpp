// Bodies of administrators and hooks: each is carried out completely or refused with a problem, and
// none causes a crash.
#include <iterator>
#include <memory>
#include <string>

#include "fuzz/application_world.hpp"
#include "fuzz/fuzz.hpp"
#include "json/document.hpp"

using namespace rescuestream;

namespace {

using World = fuzz::ApplicationWorld;

// What a refused call must not change.
std::string picture_of(World& world) {
    std::string picture;
    for (const auto& b : world.orchestrator().list_broadcasters().value().items) {
        picture += b.id.to_string() + b.display_name + b.metadata.text();
    }
    for (const auto& key : world.orchestrator().list_stream_keys().value().items) {
        picture += key.id.to_string() + key.label + key.playback_path;
    }
    for (const auto& status : world.orchestrator().list_nodes().value()) {
        picture += status.node.name + status.node.label + status.node.api_url;
    }
    return picture;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    struct Call {
        const char* method;
        std::string target;
    };
    // The key of the world has the id of its broadcaster.
    static const std::string key = std::string("/stream-keys/") + World::kBroadcaster;
    static const Call kCalls[] = {
        {"POST", "/broadcasters"},
        {"PATCH", std::string("/broadcasters/") + World::kBroadcaster},
        {"POST", "/stream-keys"},
        {"POST", "/audit-events"},
        {"POST", "/webhook/ready"},
        {"POST", "/webhook/not-ready"},
        {"POST", "/nodes"},
        {"PATCH", "/nodes/default"},
        {"PATCH", key},
        {"POST", key + "/rotate"},
    };
    // The world is replaced from time to time, because what was created is kept in memory.
    static std::unique_ptr<World> world;
    static int calls = 0;
    if (calls++ % 50 == 0) world = std::make_unique<World>();

    std::string_view rest = fuzz::as_text(data, size);
    const std::string_view choice = fuzz::take_line(rest);
    const std::size_t index =
        choice.empty() ? 0 : static_cast<unsigned char>(choice[0] - '0') % std::size(kCalls);
    const std::string before = picture_of(*world);
    const auto answer = world->call(kCalls[index].method, kCalls[index].target, rest);
    FUZZ_CHECK(answer.status >= 200 && answer.status < 500);
    FUZZ_CHECK(answer.status < 300 || answer.status >= 400);
    if (answer.status == 204) {
        FUZZ_CHECK(answer.body.empty());
    } else {
        const auto body = json::parse(answer.body);
        FUZZ_CHECK(body.has_value() && body->IsObject());
    }
    if (answer.status >= 400) {
        FUZZ_CHECK(answer.content_type.starts_with("application/problem+json"));
        FUZZ_CHECK(redact_key_values(answer.body) == answer.body);
        FUZZ_CHECK(picture_of(*world) == before);
    }
    return 0;
}
