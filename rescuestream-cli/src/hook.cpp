#include "hook.hpp"

#include <fmt/format.h>

#include "http_client.hpp"
#include "problem.hpp"
#include "rescuestream/json.hpp"
#include "support/crypto.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::milliseconds;

constexpr HttpClientOptions kTimeouts{milliseconds(1'000), milliseconds(2'000), milliseconds(4'000),
                                      64U * 1024};
// MediaMTX waits for its hooks when it stops, so no attempt begins later than this.
constexpr std::chrono::seconds kLastTry{6};

std::string body_of(const HookReport& report) {
    std::string body = "{\"path\":" + to_json(report.path);
    if (!report.source_type.empty()) body += ",\"source_type\":" + to_json(report.source_type);
    if (!report.source_id.empty()) body += ",\"source_id\":" + to_json(report.source_id);
    return body + "}";
}

}  // namespace

std::vector<milliseconds> hook_pauses() {
    return {milliseconds(100), milliseconds(300), milliseconds(800), milliseconds(1'800)};
}

Result<void> deliver_hook(const HookTarget& target, const HookReport& report,
                          const std::function<void(milliseconds)>& pause) {
    std::multimap<std::string, std::string> headers;
    if (!target.media_secret.empty()) {
        headers.emplace("Authorization",
                        "Basic " + base64_encode("mediamtx:" + target.media_secret.reveal()));
    }
    const std::string route = report.ready ? "/webhook/ready" : "/webhook/not-ready";
    const std::string body = body_of(report);
    const auto pauses = hook_pauses();
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t attempt = 0;; ++attempt) {
        const auto reply = HttpClient(target.origin, kTimeouts).send("POST", route, headers, body);
        if (reply && reply->status >= 200 && reply->status < 300) return {};
        const bool again = !reply || reply->status >= 500;
        const bool late = std::chrono::steady_clock::now() - begun > kLastTry;
        if (!again || late || attempt == pauses.size()) {
            return reply ? problem_error(*reply) : reply.error();
        }
        pause(pauses[attempt]);
    }
}

}  // namespace rescuestream::cli
