// Carries out a request with an Idempotency-Key once, on all servers that share a database, and
// answers a repeated one as the first. It is the innermost filter: what the others refuse needs no
// reservation, and the response that it keeps is that of the handler.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "caller.hpp"
#include "filters/list.hpp"
#include "kept_answer.hpp"
#include "kept_answers_quota.hpp"
#include "problem.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "router.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kHeader = "idempotency-key";
constexpr std::size_t kLongestKey = 255;
// The answer is about as large as the body, and is kept for a day.
constexpr std::size_t kLargestBody = 64UL * 1024;

bool is_key(std::string_view key) {
    return !key.empty() && key.size() <= kLongestKey &&
           std::none_of(key.begin(), key.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// A credential is the same caller also after its label has changed. No name of another caller has
// two lines.
std::string name_of_caller(const HttpRequest& request) {
    return request.credential ? "credential\n" + request.credential->id.value : request.actor;
}

// Whose share of the room for answers is used.
std::string name_of_account(const HttpRequest& request) {
    return request.credential ? "credential\n" + account_of(request) : request.actor;
}

// What the caller may do, as one line. A kept answer is only given to the rights that it was made
// with: it may contain what the caller may not see any more.
std::string rights_of(const HttpRequest& request) {
    std::string rights = "rights";
    if (!request.credential) return rights;
    for (const Scope scope : request.credential->scopes.all()) {
        rights.append(" ").append(to_string(scope));
    }
    auto broadcasters = request.credential->broadcasters;
    std::sort(broadcasters.begin(), broadcasters.end());
    for (const auto& each : broadcasters) rights.append(" ").append(each.to_string());
    return rights;
}

class RepeatsFilter final : public Filter {
public:
    explicit RepeatsFilter(const Context& context)
        : orchestrator_(context.orchestrator), logger_(context.logger) {}

    std::optional<HttpResponse> on_request(Call& call) const override {
        HttpRequest& request = call.request;
        if (!call.route->creates || !request.has_header(kHeader)) return std::nullopt;
        if (!is_key(request.header(kHeader).value_or(""))) {
            return problem(request, ProblemKind::kInvalidRequest,
                           "Idempotency-Key must be sent once, with 1 to 255 bytes and without "
                           "control characters.");
        }
        if (request.body.size() > kLargestBody) {
            return problem(request, ProblemKind::kPayloadTooLarge,
                           "A request with an Idempotency-Key may have at most 64 KiB.");
        }
        const Texts texts(call);
        const auto known = orchestrator_.reserve_request(texts.request());
        if (!known) return problem(request, known.error());
        const bool is_first = known->state == RepeatState::kFirst;
        if (is_first &&
            !quota_.has_room(name_of_account(request), KeptAnswersQuota::Clock::now())) {
            return refuse_more(request, known->reservation);
        }
        return answer_of(request, *known);
    }

    void on_answer(const Call& call, HttpResponse& response) const override {
        const auto reservation = Uuid::parse(call.request.reservation);
        if (!reservation) return;
        const bool is_made = response.status >= 200 && response.status < 300;
        const Texts texts(call);
        const std::string kept =
            is_made ? rights_of(call.request) + '\n' + keep_answer(response) : std::string();
        if (is_made) {
            quota_.add(name_of_account(call.request), kept.size(), KeptAnswersQuota::Clock::now());
        }
        const auto noted = is_made
                               ? orchestrator_.answer_request(texts.request(), *reservation, kept)
                               : orchestrator_.release_request(*reservation);
        // The change is made or refused all the same. Without its answer a repeated request is told
        // what was made.
        if (noted) return;
        logger_.warning(
            "the answer to a request with an Idempotency-Key could not be kept",
            {{"request_id", call.request.request_id}, {"error", noted.error().message}});
    }

private:
    /// The texts to which a RepeatableRequest refers.
    struct Texts {
        explicit Texts(const Call& call)
            : caller(name_of_caller(call.request)),
              route(fmt::format("{} {}", call.route->method, call.route->pattern)),
              key(call.request.header(kHeader).value_or("")),
              content(fmt::format("{}\n{}", call.request.target, call.request.body)) {}

        RepeatableRequest request() const { return {caller, route, key, content}; }

        std::string caller, route, key, content;
    };

    std::optional<HttpResponse> answer_of(HttpRequest& request,
                                          const RepeatedRequest& known) const {
        switch (known.state) {
            case RepeatState::kFirst:
                request.reservation = known.reservation.to_string();
                return std::nullopt;
            case RepeatState::kRunning: {
                HttpResponse response =
                    problem(request, ProblemKind::kIdempotencyKeyInUse,
                            "An equal request with this Idempotency-Key is being carried out: send "
                            "it again in a second for its answer.");
                response.headers.emplace_back("Retry-After", "1");
                return response;
            }
            case RepeatState::kOther:
                return problem(request, ProblemKind::kIdempotencyKeyReused,
                               "Another request has used this Idempotency-Key within 24 hours: use "
                               "a new key for each request, and the same one only to repeat it.");
            case RepeatState::kAnswered: {
                const auto [rights, answer] = parts_of(known.answer);
                if (rights != rights_of(request)) {
                    return problem(request, ProblemKind::kForbidden,
                                   "An equal request was carried out, and the rights of this "
                                   "credential have changed since then, so its answer is not given "
                                   "again. Nothing more was changed now: read the record.");
                }
                if (auto response = read_answer(answer)) {
                    response->headers.emplace_back("Idempotency-Replayed", "true");
                    return response;
                }
                break;
            }
            case RepeatState::kUnanswered:
                break;
        }
        return problem(request, ProblemKind::kAnswerLost, lost(known));
    }

    // The rights, and the answer. An earlier release kept the answer alone.
    static std::pair<std::string_view, std::string_view> parts_of(std::string_view kept) {
        const auto end = kept.find('\n');
        if (!kept.starts_with("rights") || end == std::string_view::npos) return {"rights", kept};
        return {kept.substr(0, end), kept.substr(end + 1)};
    }

    HttpResponse refuse_more(const HttpRequest& request, const Uuid& reservation) const {
        if (const auto released = orchestrator_.release_request(reservation); !released) {
            return problem(request, released.error());
        }
        HttpResponse response = problem(
            request, ProblemKind::kTooManyRequests,
            "The answers to requests with an Idempotency-Key take too much room: 64 MiB for one "
            "caller, or 256 MiB for all, within 24 hours. Nothing was changed. Send the request "
            "without the header, or later.");
        response.headers.emplace_back("Retry-After", "3600");
        return response;
    }

    static std::string lost(const RepeatedRequest& known) {
        const std::string what =
            known.made_id.empty()
                ? "Its change"
                : fmt::format("Its change ({} {})", known.made_type, known.made_id);
        return what +
               " was made, but its answer is not known, because the server or its database stopped "
               "before it was stored. Nothing more was changed now. Read the record; if the answer "
               "contained a secret, make a new one, for example by rotating the key.";
    }

    StreamOrchestrator& orchestrator_;
    Logger& logger_;
    mutable KeptAnswersQuota quota_;
};

}  // namespace

std::unique_ptr<Filter> make_repeats_filter(const Context& context) {
    return std::make_unique<RepeatsFilter>(context);
}

}  // namespace rescuestream::server
