// Credentials of administrators: a request without the secret is refused, and one with a right
// signature is accepted.
#include "auth/credentials.hpp"
#include "fuzz/application_world.hpp"
#include "fuzz/fuzz.hpp"
#include "router.hpp"

using namespace rescuestream;
using namespace rescuestream::server;

namespace {

const Timestamp kNow{std::chrono::seconds(1'768'644'000)};
constexpr std::string_view kSecret = "correct horse battery staple";

Settings settings_with_secret() {
    Settings settings;
    settings.api_secret = Secret(std::string(kSecret));
    return settings;
}

Identity check(const HttpRequest& request, const Settings& settings) {
    static fuzz::ApplicationWorld world;
    const CredentialCheck credentials(settings, nullptr, world.orchestrator());
    Identity before = credentials.before_body(request, Access::kCredential);
    if (!before.problem.empty()) return before;
    return credentials.with_body(request, std::move(before), Access::kCredential, kNow);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Settings kSettings = settings_with_secret();
    std::string_view rest = fuzz::as_text(data, size);
    const std::string name(fuzz::take_line(rest));
    const std::string timestamp(fuzz::take_line(rest));
    const std::string signature(fuzz::take_line(rest));
    HttpRequest request;
    request.method = fuzz::take_line(rest);
    request.set_target(std::string(fuzz::take_line(rest)));
    request.body = rest;

    if (name != kSecret) {
        // A signature that the fuzzer cannot know.
        request.headers = {{"x-api-key", name}, {"x-timestamp", timestamp}};
        FUZZ_CHECK(!check(request, kSettings).problem.empty());
        request.headers.emplace_back("x-signature", signature);
        FUZZ_CHECK(!check(request, kSettings).problem.empty());
    }

    // The right signature, which any change of the signed text makes wrong.
    const std::string now = std::to_string(kNow.time_since_epoch() / std::chrono::seconds(1));
    const std::string right =
        signature_v1(kSettings.api_secret, request.method, request.path, now, request.body);
    request.headers = {{"x-api-key", "frontend-app"}, {"x-timestamp", now}, {"x-signature", right}};
    const Identity identity = check(request, kSettings);
    FUZZ_CHECK(identity.problem.empty() && identity.actor == "frontend-app");
    request.body += "x";
    FUZZ_CHECK(!check(request, kSettings).problem.empty());
    request.body.pop_back();
    request.method += "x";
    FUZZ_CHECK(!check(request, kSettings).problem.empty());
    return 0;
}
