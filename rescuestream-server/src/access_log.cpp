#include "access_log.hpp"

#include <chrono>

#include "refusal_log.hpp"
#include "rescuestream/logger.hpp"

namespace rescuestream::server {
namespace {

bool is_from_media_server(const RequestRecord& record) {
    return record.route == "/auth" || record.route.starts_with("/auth/") ||
           record.route.starts_with("/webhook/");
}

// The media server's requests and reads come many times a second, and possibly from anybody, so
// they are logged at debug only.
bool is_routine(const RequestRecord& record) {
    return record.method == "GET" || record.method == "HEAD" || is_from_media_server(record) ||
           record.route == "none";  // a CORS preflight
}

// The handler itself logs who was refused at the media server, and why: this record contains only
// the media server.
bool is_told_by_handler(const RequestRecord& record) {
    return !record.auth_decision.empty() && (record.status == 401 || record.status == 429);
}

RefusalLog::Tell summary_into(Logger& logger) {
    return [&logger](const std::string& kind, std::uint64_t count) {
        logger.info("more refusals of this kind", {{"kind", kind}, {"count", count}});
    };
}

}  // namespace

void AccessLog::write(const RequestRecord& record) {
    const auto now = std::chrono::steady_clock::now();
    if (refusals_ != nullptr) refusals_->tell_left_out(now, summary_into(logger_));
    const bool is_refusal = record.status >= 400;
    std::uint64_t times = 1;
    bool is_news = true;
    if (is_refusal ? is_told_by_handler(record) : is_routine(record)) {
        is_news = false;
    } else if (is_refusal && refusals_ != nullptr) {
        std::string kind = std::to_string(record.status);
        if (!record.auth_decision.empty()) (kind += ' ') += record.auth_decision;
        const auto verdict = refusals_->note(kind, record.remote_address, record.path(), now);
        is_news = verdict.is_told;
        times = verdict.times;
    }
    if (!is_news && !logs_routine_) return;
    logger_.log(is_news ? LogLevel::kInfo : LogLevel::kDebug, "request",
                {{"method", std::string(record.method)},
                 {"path", record.path()},
                 {"status", record.status},
                 {"duration_ms", static_cast<double>(record.duration.count()) / 1000.0},
                 {"actor", std::string(record.actor)},
                 {"decision", std::string(record.auth_decision)},
                 {"remote_address", std::string(record.remote_address)},
                 {"request_id", std::string(record.request_id)},
                 times > 1 ? LogField("times", times) : LogField("times", std::string())});
}

void AccessLog::on_request(const RequestRecord& record) noexcept {
    try {
        write(record);
    } catch (...) {
        // A failure to write a log line must not fail a request.
    }
}

void AccessLog::tell_left_out() noexcept {
    try {
        if (refusals_ != nullptr) refusals_->tell_all_left_out(summary_into(logger_));
    } catch (...) {
        // The program ends in any case.
    }
}

}  // namespace rescuestream::server
