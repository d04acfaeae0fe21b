#include "fields/health_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/health_json.hpp"

namespace rescuestream {

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

HealthCheck fields::read_health_check(const rapidjson::Value& json) {
    return json::read_record<HealthCheck>(json, kDescribeCheck);
}

}  // namespace rescuestream
