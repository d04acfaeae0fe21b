#include "routes/media.hpp"

#include <array>
#include <memory>

#include "body_reader.hpp"
#include "http/network.hpp"
#include "json/document.hpp"
#include "orchestrator/credential.hpp"
#include "problem.hpp"
#include "refusals.hpp"
#include "reply.hpp"
#include "request_scope.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "stand_in.hpp"
#include "support/ip_address.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

// The connecting program chooses these texts, so they may contain anything; they are stored with
// the claim.
constexpr std::size_t kMaxConnectionId = 128;
constexpr std::size_t kMaxAddress = 64;
constexpr std::size_t kMaxUserAgent = 256;

// The members of an /auth request that are used. Source: MediaMTX, "HTTP-based authentication".
struct Question {
    std::string_view ip, user, password, token, action, path, protocol, id, query, user_agent;
};

struct Member {
    std::string_view name;
    std::string_view Question::*value;
};

constexpr std::array<Member, 10> kMembers{{{"ip", &Question::ip},
                                           {"user", &Question::user},
                                           {"password", &Question::password},
                                           {"token", &Question::token},
                                           {"action", &Question::action},
                                           {"path", &Question::path},
                                           {"protocol", &Question::protocol},
                                           {"id", &Question::id},
                                           {"query", &Question::query},
                                           {"userAgent", &Question::user_agent}}};

// An /auth request until it is answered.
struct Asked {
    std::string buffer;  // the texts of `question` point into it
    Question question;
    PublishRequest publish;
    Trial trial;
};

Error malformed(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

Error malformed(std::string_view member, const char* what) {
    const std::string name(member);
    return {ErrorCode::kInvalidArgument,
            "The member " + name + " " + what + ".",
            {},
            {{"/" + name, what}}};
}

// Parses an /auth request. Returns nothing when it is valid.
std::optional<Error> read_question(std::string body, Asked& asked) {
    asked.buffer = std::move(body);
    std::string& buffer = asked.buffer;
    Question& question = asked.question;
    // RapidJSON would take a NUL character for the end and never see what follows; and its own
    // check of the encoding reads beyond the end when the last character is incomplete.
    if (!is_clean_utf8(buffer)) {
        return malformed("The body is not valid UTF-8, or has a NUL character in it.");
    }
    json::SmallMemory memory;
    auto document = json::parse_in_place(buffer, memory);
    if (!document) return std::move(document).error();
    if (!document->IsObject()) return malformed("The body must be a JSON object.");
    unsigned seen = 0;
    for (const auto& [name, value] : document->GetObject()) {
        const std::string_view given(name.GetString(), name.GetStringLength());
        for (std::size_t i = 0; i < kMembers.size(); ++i) {
            if (kMembers[i].name != given) continue;
            const unsigned bit = 1U << i;
            if ((seen & bit) != 0) return malformed(given, "is given twice");
            seen |= bit;
            if (value.IsNull()) break;
            if (!value.IsString()) return malformed(given, "must be a string");
            const std::string_view text(value.GetString(), value.GetStringLength());
            if (text.find('\0') != std::string_view::npos) {
                return malformed(given, "must not contain a NUL character");
            }
            question.*(kMembers[i].value) = text;
            break;
        }
    }
    if (question.id.size() > kMaxConnectionId || has_control_character(question.id)) {
        return malformed("id", "is not a connection id");
    }
    question.ip = without_mapping(question.ip);
    return std::nullopt;
}

HttpResponse accepted(std::string_view decision) {
    HttpResponse response;
    response.status = 200;
    response.auth_decision = decision;
    return response;
}

HttpResponse refused(const HttpRequest& request, const ProblemReason& reason,
                     std::string_view decision) {
    HttpResponse response = problem(request, reason, problem_type(reason).explanation);
    response.auth_decision = decision;
    return response;
}

// Logs some of the refusals: see RefusalLog.
void tell_refusal(const Context& context, const Question& question, std::string_view reason,
                  StreamKeyId key) {
    const std::string path = redact_key_values(question.path);
    RefusalLog::Verdict verdict{true, 1};
    if (context.protection != nullptr) {
        verdict =
            context.protection->refusals.note(std::string("publisher ").append(reason), question.ip,
                                              path, std::chrono::steady_clock::now());
    }
    if (!verdict.is_told) return;
    const bool publishes = question.action == "publish";
    const LogField times =
        verdict.times > 1 ? LogField("times", verdict.times) : LogField("times", std::string());
    context.logger.log(LogLevel::kInfo, publishes ? "publisher refused" : "caller refused",
                       {{"reason", std::string(reason)},
                        {"action", publishes ? std::string() : std::string(question.action)},
                        {"path", path},
                        {"protocol", std::string(question.protocol)},
                        {"remote_address", shortened(question.ip, kMaxAddress)},
                        {"stream_key_id", key.is_nil() ? std::string() : key.to_string()},
                        times});
}

// Refuses without comparing anything.
HttpResponse refuse_guesses(const Context& context, const HttpRequest& request,
                            const Question& question, std::chrono::seconds retry) {
    tell_refusal(context, question, "too_many_guesses", {});
    HttpResponse response = too_many(request, retry,
                                     "Too many different wrong credentials came from this "
                                     "address; this one was not checked.");
    response.auth_decision = "too_many_guesses";
    return response;
}

HttpResponse refuse_publisher(const Context& context, const HttpRequest& request,
                              const Question& question, const PublishDecision& decision) {
    const PublishRefusal refusal = *decision.refusal;
    // An RTSP client always asks without a credential first.
    if (refusal != PublishRefusal::kNoCredential) {
        tell_refusal(context, question, to_string(refusal), decision.stream_key_id);
    }
    return refused(request, refusal, to_string(refusal));
}

std::string node_of(const HttpRequest& request) {
    return request.path_segments.empty() ? std::string() : request.path_segments.front();
}

PublishRequest publish_request_of(const HttpRequest& request, const Question& question) {
    std::optional<ConnectionId> connection;
    if (!question.id.empty()) connection = ConnectionId{std::string(question.id)};
    return {.node = node_of(request),
            .path = std::string(question.path),
            .protocol = parse_enum<Protocol>(question.protocol).value_or(Protocol::kUnknown),
            .connection = std::move(connection),
            .remote_address = shortened(question.ip, kMaxAddress),
            .user = std::string(question.user),
            .password = Secret(std::string(question.password)),
            .token = Secret(std::string(question.token)),
            .query = Secret(std::string(question.query)),
            .user_agent = shortened(question.user_agent, kMaxUserAgent)};
}

// Returns the trial of the credential that is used as a stream key. Without a credential nothing is
// tried.
Trial trial_of(const Context& context, const PublishRequest& asked) {
    if (context.protection == nullptr) return {};
    Guesses* const guesses = &context.protection->stream_keys;
    if (const auto credential = find_credential(asked)) {
        return {guesses, asked.remote_address, credential->value.reveal()};
    }
    if (!has_credential(asked)) return {};
    std::string all = asked.user;
    for (const auto* part : {&asked.password, &asked.token, &asked.query}) {
        (all += '\n') += part->reveal();
    }
    return {guesses, asked.remote_address, all};
}

// Without an id no claim is possible. MediaMTX sends no id for its own page that publishes by
// WebRTC, and for OPTIONS.
bool always_has_id(Protocol protocol) {
    return protocol == Protocol::kRtmp || protocol == Protocol::kRtsp || protocol == Protocol::kSrt;
}

HttpResponse publish_answer(const Context& context, const HttpRequest& request, const Asked& asked,
                            const Result<PublishDecision>& decision) {
    if (!decision) {
        HttpResponse response = problem(request, decision.error());
        response.auth_decision = "error";
        return response;
    }
    // An existing key is not a guess, for whatever reason it is refused.
    const bool is_known = decision->accepted() || !decision->stream_key_id.is_nil();
    if (is_known || decision->refusal == PublishRefusal::kUnknownKey) asked.trial.was(is_known);
    if (decision->accepted()) {
        if (context.stand_in != nullptr) context.stand_in->accepted(asked.publish);
        return accepted(decision->in_outage ? "accepted_in_outage" : "accepted");
    }
    return refuse_publisher(context, request, asked.question, *decision);
}

HttpResponse answer_read(const Context& context, const HttpRequest& request,
                         const Question& question) {
    // The relay's password of a secret path. It comes from the media server itself and differs for
    // each path. Requests from this machine are therefore not counted as guesses, so that nobody on
    // it can block the relay; 32 random bytes cannot be guessed anyway.
    Trial trial;
    if (context.protection != nullptr && !question.password.empty() &&
        !key_value_of_path(question.path).empty() && !is_loopback_address(question.ip)) {
        std::string tried(question.path);
        for (const auto part : {question.user, question.password}) (tried += '\n') += part;
        trial = Trial(&context.protection->stream_keys, question.ip, tried);
    }
    if (const auto retry = trial.refusal()) {
        return refuse_guesses(context, request, question, *retry);
    }
    const bool allowed =
        context.orchestrator.may_read({std::string(question.path), std::string(question.user),
                                       Secret(std::string(question.password))});
    trial.was(allowed);
    return allowed ? accepted("read") : refused(request, ProblemKind::kSecretPath, "read_refused");
}

// Answers requests about MediaMTX's own interfaces.
HttpResponse answer_control(const Context& context, const HttpRequest& request,
                            const Question& question) {
    Trial trial;
    const bool has_credential = !question.user.empty() || !question.password.empty();
    if (context.protection != nullptr && has_credential) {
        trial = Trial(&context.protection->control_secrets, question.ip,
                      control_credential(question.user, question.password));
    }
    if (const auto retry = trial.refusal()) {
        return refuse_guesses(context, request, question, *retry);
    }
    const bool allowed = context.orchestrator.may_control(
        {node_of(request), std::string(question.user), Secret(std::string(question.password))});
    trial.was(allowed);
    return allowed ? accepted("own_interface")
                   : refused(request, ProblemKind::kActionNotAllowed, "own_interface_refused");
}

// Answers requests about anything except publishing.
HttpResponse answer_other(const Context& context, const HttpRequest& request,
                          const Question& question) {
    if (question.action == "read" || question.action == "playback") {
        return answer_read(context, request, question);
    }
    if (question.action == "api" || question.action == "metrics" || question.action == "pprof") {
        return answer_control(context, request, question);
    }
    HttpResponse response = problem(request, ProblemKind::kInvalidRequest,
                                    question.action.empty() ? "The member action is required."
                                                            : "The member action is not known.");
    response.auth_decision = "malformed";
    return response;
}

// Unknown members are ignored, because hooks may send more members than are used.
HttpResponse take_report(const HttpRequest& request, const Context& context,
                         Result<void> (StreamOrchestrator::*take)(const SourceReport&),
                         void (StandIn::*imitate)(const SourceReport&)) {
    BodyReader body(request.body, BodyReader::UnknownMembers::kIgnored);
    SourceReport report;
    report.path = body.required_text("path", {.max = 1'024});
    report.source_type = body.text("source_type", {.max = 64, .may_be_blank = true});
    const auto id = body.text("source_id", {.max = kMaxConnectionId, .may_be_blank = true});
    if (const auto error = body.error()) return problem(request, *error);
    // An unset variable of a hook arrives as an empty text.
    if (report.source_type && report.source_type->empty()) report.source_type.reset();
    if (id && !id->empty()) report.source_id = ConnectionId{*id};

    if (context.stand_in != nullptr) (context.stand_in->*imitate)(report);
    const auto taken = (context.orchestrator.*take)(report);
    return taken ? empty_reply() : problem(request, taken.error());
}

}  // namespace

void answer_auth(const Context& context, const HttpRequest& request, Respond respond) {
    auto asked = std::make_shared<Asked>();
    if (const auto error = read_question(request.body, *asked)) {
        HttpResponse response = problem(request, *error);
        response.auth_decision = "malformed";
        respond(std::move(response));
        return;
    }
    const Question& question = asked->question;
    if (question.action != "publish") {
        respond(answer_other(context, request, question));
        return;
    }
    asked->publish = publish_request_of(request, question);
    const PublishRequest& publish = asked->publish;
    if (!publish.connection && always_has_id(publish.protocol)) {
        HttpResponse response =
            problem(request, malformed("id", "is required: MediaMTX gives one for this protocol"));
        response.auth_decision = "malformed";
        respond(std::move(response));
        return;
    }
    asked->trial = trial_of(context, publish);
    if (const auto retry = asked->trial.refusal()) {
        respond(refuse_guesses(context, request, question, *retry));
        return;
    }
    context.orchestrator.decide_publish(publish, [&context, &request, asked = std::move(asked),
                                                  respond = std::move(respond)](
                                                     const Result<PublishDecision>& decision) {
        const RequestScope scope(request.request_id);  // this may be another thread
        HttpResponse response;
        try {
            response = publish_answer(context, request, *asked, decision);
        } catch (const std::exception& error) {
            // On a thread of the orchestrator nobody else would catch it.
            context.logger.error("a publish request cannot be answered", {{"error", error.what()}});
            response.status = problem_type(ProblemKind::kInternalError).status;
        }
        respond(std::move(response));
    });
}

HttpResponse source_ready(const Context& context, const HttpRequest& request) {
    return take_report(request, context, &StreamOrchestrator::source_available, &StandIn::ready);
}

HttpResponse source_not_ready(const Context& context, const HttpRequest& request) {
    return take_report(request, context, &StreamOrchestrator::source_unavailable,
                       &StandIn::not_ready);
}

}  // namespace rescuestream::server
