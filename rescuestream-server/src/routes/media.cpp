#include "routes/media.hpp"

#include <memory>

#include "body_reader.hpp"
#include "http/network.hpp"
#include "orchestrator/credential.hpp"
#include "problem.hpp"
#include "refusals.hpp"
#include "reply.hpp"
#include "request_scope.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "routes/auth_question.hpp"
#include "routes/refused_question.hpp"
#include "stand_in.hpp"
#include "support/helper_credential.hpp"
#include "support/ip_address.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kTooManyGuesses = "too_many_guesses";

// An /auth request until it is answered.
struct Asked {
    std::string buffer;  // the texts of `question` point into it
    Question question;
    PublishRequest publish;
    Trial trial;
};

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

// Refuses without comparing anything.
HttpResponse too_many_guesses(const HttpRequest& request, std::chrono::seconds retry) {
    HttpResponse response = too_many(request, retry,
                                     "Too many different wrong credentials came from this "
                                     "address; this one was not checked.");
    response.auth_decision = kTooManyGuesses;
    return response;
}

HttpResponse refuse_publisher(const Context& context, const HttpRequest& request,
                              const Asked& asked, const PublishDecision& decision) {
    const PublishRefusal refusal = *decision.refusal;
    note_refused(context, asked.publish, to_string(refusal), decision.stream_key_id,
                 decision.holder);
    HttpResponse response = refused(request, refusal, to_string(refusal));
    if (!decision.holder) return response;
    response = problem(request, refusal,
                       std::string(problem_type(refusal).explanation) +
                           " The stream key that has it: " + decision.holder->to_string() + ".");
    response.auth_decision = to_string(refusal);
    return response;
}

std::string node_of(const HttpRequest& request) {
    return request.path_segments.empty() ? std::string() : request.path_segments.front();
}

PublishRequest publish_request_of(const HttpRequest& request, const Question& question) {
    return {.node = node_of(request),
            .path = std::string(question.path),
            .protocol = protocol_of(question),
            .connection = connection_of(question),
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
    // The password of helpers cannot be guessed, so wrong credentials of other programs on the
    // media server's machine must not keep a helper out.
    if (asked.user == kHelperUser && is_loopback_address(asked.remote_address)) return {};
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
        note_refused(context, asked.publish, "no_decision", {});
        HttpResponse response = problem(request, decision.error());
        response.auth_decision = "error";
        return response;
    }
    // An existing key is not a guess, for whatever reason it is refused.
    const bool is_known = decision->accepted() || !decision->stream_key_id.is_nil();
    if (is_known || decision->refusal == PublishRefusal::kUnknownKey) asked.trial.was(is_known);
    if (decision->accepted()) {
        note_accepted(context, asked.question);
        if (context.stand_in != nullptr) context.stand_in->accepted(asked.publish);
        return accepted(decision->in_outage ? "accepted_in_outage" : "accepted");
    }
    return refuse_publisher(context, request, asked, *decision);
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
        note_refused_reader(context, question, node_of(request), kTooManyGuesses, true);
        return too_many_guesses(request, *retry);
    }
    const ReadDecision decision = context.orchestrator.decide_read(
        {.path = std::string(question.path),
         .user = std::string(question.user),
         .password = Secret(std::string(question.password)),
         .token = Secret(std::string(question.token)),
         .query = Secret(std::string(question.query)),
         .remote_address = shortened(question.ip, kMaxAddress),
         .protocol = protocol_of(question),
         .connection = connection_of(question),
         .node = node_of(request),
         .user_agent = shortened(question.user_agent, kMaxUserAgent)});
    trial.was(decision.accepted());
    if (decision.accepted()) {
        note_accepted(context, question);
        return accepted("read");
    }
    note_refused_reader(context, question, node_of(request), to_string(decision.decision),
                        decision.has_token);
    return refused(request, problem_of(decision.decision), "read_refused");
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
        log_refused_program(context, question, kTooManyGuesses);
        return too_many_guesses(request, *retry);
    }
    const bool allowed = context.orchestrator.may_control(
        {node_of(request), std::string(question.user), Secret(std::string(question.password))});
    // This program's own polls are served always: see Protection.
    trial.was(allowed, Guesses::kind_of(question.password.size()));
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
    asked->buffer = request.body;
    if (const auto error = read_question(asked->buffer, asked->question)) {
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
        HttpResponse response = problem(
            request, wrong_member("id", "is required: MediaMTX gives one for this protocol"));
        response.auth_decision = "malformed";
        respond(std::move(response));
        return;
    }
    asked->trial = trial_of(context, publish);
    if (const auto retry = asked->trial.refusal()) {
        note_refused(context, publish, kTooManyGuesses, {});
        respond(too_many_guesses(request, *retry));
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
