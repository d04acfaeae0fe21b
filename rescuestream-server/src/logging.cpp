#include "logging.hpp"

#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "journal.hpp"
#include "json/writer.hpp"
#include "request_scope.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/tracer.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

std::string_view name_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::kDebug:
            return "debug";
        case LogLevel::kInfo:
            return "info";
        case LogLevel::kWarning:
            return "warn";
        case LogLevel::kError:
            return "error";
    }
    return "";
}

spdlog::level::level_enum spdlog_level(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarning:
            return spdlog::level::warn;
        case LogLevel::kError:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

spdlog::level::level_enum spdlog_level(LogThreshold threshold) noexcept {
    switch (threshold) {
        case LogThreshold::kTrace:
            return spdlog::level::trace;
        case LogThreshold::kDebug:
            return spdlog::level::debug;
        case LogThreshold::kInfo:
            return spdlog::level::info;
        case LogThreshold::kWarning:
            return spdlog::level::warn;
        case LogThreshold::kError:
            return spdlog::level::err;
        case LogThreshold::kOff:
            return spdlog::level::off;
    }
    return spdlog::level::info;
}

// Appends a value so that its end and its kind are unambiguous to a human reader.
void append_text_value(std::string& line, const std::string& text) {
    const std::string value = redact_key_values(text);
    const bool plain = !value.empty() && value.find_first_of(" \"=\\") == std::string::npos &&
                       escape_unprintable(value) == value;
    if (plain) {
        line += value;
        return;
    }
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    json::write(writer, value);
    line += escape_unprintable({buffer.GetString(), buffer.GetSize()});
}

LogContext log_context() {
    LogContext context;
    context.request_id = current_request_id();
    if (const ActiveSpan* const span = current_span()) {
        context.trace_id = to_string(span->context.trace_id);
        context.span_id = to_string(span->context.span_id);
    }
    return context;
}

// Returns the ids that the line does not contain yet.
std::vector<std::pair<std::string_view, std::string_view>> fields_of(
    const LogContext& context, std::initializer_list<LogField> fields) {
    std::vector<std::pair<std::string_view, std::string_view>> ids;
    for (const auto& [name, value] :
         {std::pair<std::string_view, const std::string&>{"request_id", context.request_id},
          {"trace_id", context.trace_id},
          {"span_id", context.span_id}}) {
        const bool is_given =
            std::any_of(fields.begin(), fields.end(), [&name = name](const LogField& field) {
                return field.name == name && !field.value.empty();
            });
        if (!value.empty() && !is_given) ids.emplace_back(name, value);
    }
    return ids;
}

// Returns a JSON string, whatever the value is, because the line is a JSON text.
std::string json_value(std::string_view text) {
    std::string value = redact_key_values(text);
    return is_clean_utf8(value) ? value : escape_unprintable(value);
}

// The maximum number of queued lines. When there are more the oldest are lost: a slow reader of the
// log must not block anybody. Their places take 400 bytes each from the start.
constexpr std::size_t kMostWaiting = 4'096;

// How long the queued lines may take when the program ends.
constexpr std::chrono::seconds kFlushTimeout{1};

/// Writes to standard error and counts the lines. It does not use a FILE, because the end of the
/// program would wait for its lock.
class CountingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
    /// Returns false when fewer than `lines` lines were written in time.
    bool has_written(std::size_t lines, std::chrono::milliseconds within) {
        std::unique_lock lock(counting_);
        return changed_.wait_for(lock, within, [&] { return written_ >= lines; });
    }

    /// Returns the number of lines that the system refused to write.
    std::size_t unwritable() const noexcept { return unwritable_; }
    /// Returns whether the last line was written.
    bool takes_lines() const noexcept { return takes_lines_; }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        // The previous line was written in part, because the disk was full.
        if (is_torn_) line.push_back('\n');
        formatter_->format(message, line);
        std::size_t at = 0;
        while (at < line.size()) {
            const ssize_t count = ::write(STDERR_FILENO, line.data() + at, line.size() - at);
            // The disk is full, or nobody will ever read the log: do not wait.
            if (count < 0 && errno != EINTR) break;
            if (count > 0) at += static_cast<std::size_t>(count);
        }
        takes_lines_ = at == line.size();
        if (!takes_lines_) ++unwritable_;
        if (at > 0) is_torn_ = !takes_lines_;
        {
            const std::lock_guard lock(counting_);
            ++written_;
        }
        changed_.notify_all();
    }
    void flush_() override {}

    std::mutex counting_;
    std::condition_variable changed_;
    std::size_t written_ = 0;
    bool is_torn_ = false;  // the last line was written in part
    std::atomic<std::size_t> unwritable_{0};
    std::atomic<bool> takes_lines_{true};
};

class SpdlogLogger final : public CountingLogger {
public:
    SpdlogLogger(LogFormat format, LogThreshold threshold)
        : format_(format),
          writer_(std::make_shared<spdlog::details::thread_pool>(kMostWaiting, 1)),
          sink_(std::make_shared<CountingSink>()),
          has_priority_(is_journal(STDERR_FILENO, std::getenv("JOURNAL_STREAM"))),
          log_(std::make_shared<spdlog::async_logger>(
              "rescuestream", sink_, writer_, spdlog::async_overflow_policy::overrun_oldest)) {
        log_->set_level(spdlog_level(threshold));
        log_->set_pattern("%v");
    }
    ~SpdlogLogger() override {
        if (sink_->has_written(taken_ - writer_->overrun_counter(), kFlushTimeout)) return;
        // Nobody reads the log. Joining the writing thread would block for as long as that lasts,
        // so it ends with the program instead.
        [[maybe_unused]] static const auto* const left_behind =
            new std::shared_ptr<spdlog::details::thread_pool>(writer_);
    }
    SpdlogLogger(const SpdlogLogger&) = delete;
    SpdlogLogger& operator=(const SpdlogLogger&) = delete;

    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        try {
            if (!log_->should_log(spdlog_level(level))) return;
            tell_losses();
            write(level, message, fields);
        } catch (...) {
            // A failure to write a log line must not end the operation that it describes.
        }
    }

    std::uint64_t lost_lines() const noexcept override {
        return writer_->overrun_counter() + sink_->unwritable();
    }

private:
    void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
        std::string line = has_priority_ ? std::string(journal_priority(level)) : std::string();
        line +=
            format_log_line(format_, system_clock().now(), level, message, fields, log_context());
        ++taken_;
        log_->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
    }
    void tell_losses() {
        tell_unwritable();
        const std::size_t lost = writer_->overrun_counter();
        const std::size_t told = told_.exchange(lost);
        // While lines are still being lost, a warning about each would be lost too.
        if (lost > told && writer_->queue_size() < kMostWaiting / 2) {
            write(LogLevel::kWarning, "log lines were lost because they were read too slowly",
                  {{"lines", lost - told}});
        } else if (lost > told) {
            told_ = told;
        }
    }

    void tell_unwritable() {
        if (!sink_->takes_lines()) return;
        const std::size_t lost = sink_->unwritable();
        const std::size_t told = told_unwritable_.exchange(lost);
        if (lost > told) {
            write(LogLevel::kWarning, "log lines were lost because they could not be written",
                  {{"lines", lost - told}});
        }
    }

    const LogFormat format_;
    const std::shared_ptr<spdlog::details::thread_pool> writer_;  // owns the writing thread
    const std::shared_ptr<CountingSink> sink_;
    const bool has_priority_;  // each line begins with its priority
    const std::shared_ptr<spdlog::async_logger> log_;
    std::atomic<std::size_t> taken_{0};  // lines accepted
    std::atomic<std::size_t> told_{0};   // losses reported
    std::atomic<std::size_t> told_unwritable_{0};
};

}  // namespace

std::string format_log_line(LogFormat format, Timestamp time, LogLevel level,
                            std::string_view message, std::initializer_list<LogField> fields,
                            const LogContext& context) {
    if (format == LogFormat::kJson) {
        rapidjson::StringBuffer buffer;
        json::Writer writer(buffer);
        writer.StartObject();
        json::member(writer, "time", time);
        json::member(writer, "level", name_of(level));
        json::member(writer, "message", json_value(message));
        for (const auto& field : fields) {
            if (field.value.empty()) continue;
            if (field.is_number) {
                json::write(writer, field.name);
                writer.RawValue(field.value.data(), field.value.size(), rapidjson::kNumberType);
            } else {
                json::member(writer, field.name, json_value(field.value));
            }
        }
        for (const auto& [name, value] : fields_of(context, fields)) {
            json::member(writer, name, json_value(value));
        }
        writer.EndObject();
        // For people who read the raw text. The escapes are inside JSON strings, where a JSON
        // reader decodes them to the original characters.
        return escape_unprintable({buffer.GetString(), buffer.GetSize()});
    }
    std::string line = format_rfc3339(time);
    line += ' ';
    std::string label(name_of(level));
    label.resize(5, ' ');
    line += label;
    line += ' ';
    line += escape_unprintable(redact_key_values(message));
    for (const auto& field : fields) {
        if (field.value.empty()) continue;
        line += ' ';
        line += field.name;
        line += '=';
        append_text_value(line, field.value);
    }
    for (const auto& [name, value] : fields_of(context, fields)) {
        line += ' ';
        line += name;
        line += '=';
        append_text_value(line, std::string(value));
    }
    return line;
}

std::unique_ptr<CountingLogger> make_logger(LogFormat format, LogThreshold threshold) {
    return std::make_unique<SpdlogLogger>(format, threshold);
}

}  // namespace rescuestream::server
