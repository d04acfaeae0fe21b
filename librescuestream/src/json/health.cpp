#include "json/record_io.hpp"
#include "json/records.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {

template <>
std::optional<CheckStatus> parse_enum(std::string_view name) noexcept {
    for (const auto status : {CheckStatus::kOk, CheckStatus::kWarning, CheckStatus::kFailed}) {
        if (to_string(status) == name) return status;
    }
    return std::nullopt;
}

namespace {

constexpr auto kDescribeCheck = [](auto& io, auto& check) {
    io.required("name", check.name);
    io.required("status", check.status);
    io.optional("age_ms", check.age);
    io.optional("reason", check.reason);
};

}  // namespace

std::string to_json(const std::vector<HealthCheck>& checks) {
    std::string text = "[";
    for (const auto& check : checks) {
        if (text.size() > 1) text += ',';
        text += json::write_record(check, kDescribeCheck);
    }
    return text + "]";
}

HealthCheck json::read_health_check(const rapidjson::Value& json) {
    return read_record<HealthCheck>(json, kDescribeCheck);
}

}  // namespace rescuestream
