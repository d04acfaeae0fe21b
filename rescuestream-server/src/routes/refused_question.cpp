#include "routes/refused_question.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "context.hpp"
#include "protection.hpp"
#include "request_scope.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/publishing.hpp"
#include "rescuestream/redaction.hpp"
#include "rescuestream/refused_attempts.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "routes/auth_question.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

// Decides whether a refusal is logged.
RefusalLog::Verdict verdict_on(const Context& context, std::string_view reason,
                               std::string_view address, std::string_view path) {
    if (context.protection == nullptr) return {true, 1};
    return context.protection->refusals.note(std::string("publisher ").append(reason), address,
                                             path, std::chrono::steady_clock::now());
}

// The first refusal has no number.
LogField shown_times(std::uint64_t times) {
    return times > 1 ? LogField("times", times) : LogField("times", std::string());
}

void log_refusal(Logger& logger, const RefusedAttempt& attempt, const StreamKey* key,
                 std::uint64_t times) {
    const bool publishes = attempt.action == RefusedAction::kPublish;
    logger.log(LogLevel::kInfo, publishes ? "publisher refused" : "caller refused",
               {{"reason", attempt.reason},
                {"action", publishes ? std::string() : std::string(to_string(attempt.action))},
                {"path", attempt.path},
                {"protocol", std::string(to_string(attempt.protocol))},
                {"remote_address", attempt.remote_address},
                {"user_agent", attempt.user_agent},
                {"stream_key_id", attempt.stream_key_id ? attempt.stream_key_id->to_string() : ""},
                {"key_label", key != nullptr ? key->label : std::string()},
                {"playback_path", key != nullptr ? key->playback_path : std::string()},
                {"holder_key_id",
                 attempt.holder_key_id ? attempt.holder_key_id->to_string() : std::string()},
                shown_times(times)});
}

void note(const Context& context, RefusedQuestion question) {
    // It may be called on another thread, when the request has been answered.
    question.on_counted = [&logger = context.logger, &context,
                           request = std::string(current_request_id())](
                              const RefusedAttempt& attempt) -> RefusedQuestion::Tell {
        const auto verdict =
            verdict_on(context, attempt.reason, attempt.remote_address, attempt.path);
        if (!verdict.is_told) return nullptr;
        return [&logger, request, times = verdict.times](const RefusedAttempt& counted,
                                                         const StreamKey* key) {
            const RequestScope scope(request);
            log_refusal(logger, counted, key, times);
        };
    };
    context.orchestrator.note_refusal(std::move(question));
}

}  // namespace

void note_refused(const Context& context, const PublishRequest& publisher, std::string_view reason,
                  StreamKeyId key, const std::optional<StreamKeyId>& holder) {
    RefusedQuestion question;
    RefusedAttempt& attempt = question.attempt;
    attempt.action = RefusedAction::kPublish;
    attempt.remote_address = publisher.remote_address;
    attempt.protocol = publisher.protocol;
    attempt.path = publisher.path;
    attempt.reason = reason;
    if (!key.is_nil()) attempt.stream_key_id = key;
    attempt.holder_key_id = holder;
    attempt.node = publisher.node;
    attempt.user_agent = publisher.user_agent;
    question.connection = publisher.connection;
    // A misplaced key in the query is in the first question of RTSP, too.
    const bool has_sent_one =
        !publisher.user.empty() || !publisher.password.empty() || !publisher.token.empty();
    question.has_credential = reason != to_string(PublishRefusal::kNoCredential) &&
                              (reason != to_string(PublishRefusal::kKeyMisplaced) || has_sent_one);
    note(context, std::move(question));
}

void note_refused_reader(const Context& context, const Question& asked, std::string_view node,
                         std::string_view reason, bool has_token) {
    RefusedQuestion question;
    RefusedAttempt& attempt = question.attempt;
    attempt.action = RefusedAction::kRead;
    attempt.remote_address = asked.ip;
    attempt.protocol = protocol_of(asked);
    attempt.path = asked.path;
    attempt.reason = reason;
    attempt.node = node;
    attempt.user_agent = asked.user_agent;
    question.connection = connection_of(asked);
    question.has_credential =
        has_token || !asked.user.empty() || !asked.password.empty() || !asked.token.empty();
    note(context, std::move(question));
}

void log_refused_program(const Context& context, const Question& question,
                         std::string_view reason) {
    const std::string path = redact_key_values(question.path);
    const auto verdict = verdict_on(context, reason, question.ip, path);
    if (!verdict.is_told) return;
    context.logger.log(LogLevel::kInfo, "caller refused",
                       {{"reason", std::string(reason)},
                        {"action", std::string(question.action)},
                        {"path", path},
                        {"remote_address", shortened(question.ip, kMaxAddress)},
                        shown_times(verdict.times)});
}

void note_accepted(const Context& context, const Question& question) {
    if (protocol_of(question) != Protocol::kRtsp) return;
    if (const auto connection = connection_of(question)) {
        context.orchestrator.note_acceptance(*connection);
    }
}

}  // namespace rescuestream::server
