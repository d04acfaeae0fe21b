#include "logging.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "json/writer.hpp"

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

// A value that a person reads without doubt where it ends.
void append_text_value(std::string& line, const std::string& value) {
    const bool plain = !value.empty() && value.find_first_of(" \"=\t\r\n\\") == std::string::npos;
    if (plain) {
        line += value;
        return;
    }
    rapidjson::StringBuffer buffer;
    json::Writer writer(buffer);
    json::write(writer, value);
    line.append(buffer.GetString(), buffer.GetSize());
}

class SpdlogLogger final : public Logger {
public:
    SpdlogLogger(LogFormat format, LogThreshold threshold)
        : format_(format), log_("rescuestream", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
        log_.set_level(spdlog_level(threshold));
        log_.set_pattern("%v");
        log_.flush_on(spdlog::level::info);
    }

    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        try {
            if (!log_.should_log(spdlog_level(level))) return;
            const std::string line =
                format_log_line(format_, system_clock().now(), level, message, fields);
            log_.log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
        } catch (...) {
            // A line that cannot be written must not end what it tells of.
        }
    }

private:
    LogFormat format_;
    spdlog::logger log_;
};

}  // namespace

std::string format_log_line(LogFormat format, Timestamp time, LogLevel level,
                            std::string_view message, std::initializer_list<LogField> fields) {
    if (format == LogFormat::kJson) {
        rapidjson::StringBuffer buffer;
        json::Writer writer(buffer);
        writer.StartObject();
        json::member(writer, "time", time);
        json::member(writer, "level", name_of(level));
        json::member(writer, "message", message);
        for (const auto& field : fields) {
            if (!field.value.empty()) json::member(writer, field.name, field.value);
        }
        writer.EndObject();
        return redact_key_values({buffer.GetString(), buffer.GetSize()});
    }
    std::string line = format_rfc3339(time);
    line += ' ';
    std::string label(name_of(level));
    label.resize(5, ' ');
    line += label;
    line += ' ';
    line += message;
    for (const auto& field : fields) {
        if (field.value.empty()) continue;
        line += ' ';
        line += field.name;
        line += '=';
        append_text_value(line, field.value);
    }
    return redact_key_values(line);
}

std::unique_ptr<Logger> make_logger(LogFormat format, LogThreshold threshold) {
    return std::make_unique<SpdlogLogger>(format, threshold);
}

}  // namespace rescuestream::server
