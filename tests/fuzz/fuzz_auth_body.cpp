// Requests of a media server: the answer is "yes" only when a simple reading of the body allows it.
#include <rapidjson/document.h>

#include <optional>
#include <string>

#include "fuzz/application_world.hpp"
#include "fuzz/fuzz.hpp"
#include "orchestrator/credential.hpp"

using namespace rescuestream;

namespace {

using World = fuzz::ApplicationWorld;

std::string text_of(const rapidjson::Document& body, const char* name) {
    const auto member = body.FindMember(name);
    if (member == body.MemberEnd() || !member->value.IsString()) return {};
    return {member->value.GetString(), member->value.GetStringLength()};
}

bool may_be_allowed(std::string_view text) {
    // Unknown members may have any content and may be repeated. A number is read as
    // text, because some numbers crash RapidJSON's number reader; no text that matters is a number.
    rapidjson::Document body;
    body.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
               rapidjson::kParseNumbersAsStringsFlag>(text.data(), text.size());
    if (text.find('\0') != std::string_view::npos || body.HasParseError() || !body.IsObject()) {
        return false;
    }
    const std::string action = text_of(body, "action");
    if (action == "read" || action == "playback") return true;
    if (action != "publish") return false;
    PublishRequest request;
    request.path = text_of(body, "path");
    request.password = Secret(text_of(body, "password"));
    request.token = Secret(text_of(body, "token"));
    request.query = Secret(text_of(body, "query"));
    const auto credential = find_credential(request);
    return credential && credential->value.reveal() == World::kKeyValue &&
           (credential->is_path || request.path == World::kPath);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static World world;
    const std::string_view body = fuzz::as_text(data, size);
    const auto answer = world.call("POST", "/auth", body);
    // MediaMTX follows redirections: every answer must be a plain yes or no.
    FUZZ_CHECK(answer.status == 200 || (answer.status >= 400 && answer.status < 500));
    FUZZ_CHECK(answer.status != 200 || may_be_allowed(body));
    FUZZ_CHECK(redact_key_values(answer.body) == answer.body);
    return 0;
}
