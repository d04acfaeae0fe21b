// Numbers of settings: from every source they are read completely or refused with the setting's
// name.

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "config.hpp"
#include "support/temporary_directory.hpp"

namespace rescuestream::server::testing {
namespace {

bool is_refused(const Result<CommandLine>& read, std::string_view name) {
    if (read) return false;
    for (const auto& field : read.error().fields) {
        if (field.pointer == name) return true;
    }
    return false;
}

TEST_CASE("a number of a setting is read completely, or refused with its name") {
    struct Wrong {
        const char* name;
        const char* flag;
        const char* text;
    };
    const std::string digits(200, '9');
    const rescuestream::testing::TemporaryDirectory directory;
    for (const Wrong& wrong : std::initializer_list<Wrong>{
             {"API_PORT", "--api-port", "65536"},
             {"API_PORT", "--api-port", "-1"},
             {"API_PORT", "--api-port", "18446744073709551616"},
             {"API_PORT", "--api-port", "8080x"},
             {"API_PORT", "--api-port", "1e3"},
             {"API_PORT", "--api-port", digits.c_str()},
             {"METRICS_PORT", "--metrics-port", "4294967297"},
             {"RECONNECT_WINDOW", "--reconnect-window", "9223372036854775808"},
             {"RECONNECT_WINDOW", "--reconnect-window", "2147483648"},
             {"STALE_AFTER", "--stale-after", "99999999999999999999"},
             {"TRACING_SAMPLERATE", "--tracing-samplerate", "1e999999999"},
             {"TRACING_SAMPLERATE", "--tracing-samplerate", "nan"},
             {"TRACING_SAMPLERATE", "--tracing-samplerate", "inf"},
             {"TRACING_SAMPLERATE", "--tracing-samplerate", "0.1e-2147483639x"}}) {
        CAPTURE(wrong.name);
        CAPTURE(wrong.text);
        const auto read = [&](std::vector<const char*> arguments, const char* variable) {
            arguments.insert(arguments.begin(), "rescuestream-server");
            return read_command_line(static_cast<int>(arguments.size()), arguments.data(),
                                     [&](std::string_view name) {
                                         return variable != nullptr && name == wrong.name
                                                    ? std::optional<std::string>(variable)
                                                    : std::nullopt;
                                     });
        };
        CHECK(is_refused(read({}, wrong.text), wrong.name));
        CHECK(is_refused(read({(std::string(wrong.flag) + "=" + wrong.text).c_str()}, nullptr),
                         wrong.name));
        const std::string path = directory.path() / "settings.ini";
        std::ofstream(path) << wrong.name << " = " << wrong.text << '\n';
        CHECK(is_refused(read({"--config", path.c_str()}, nullptr), wrong.name));
    }
}

TEST_CASE("a number of extreme length or exponent in a TOML file is a fault of that file") {
    const rescuestream::testing::TemporaryDirectory directory;
    const std::string path = directory.path() / "settings.toml";
    for (const std::string& number :
         {std::string("0.") + std::string(20, '0') + "1e-2147483639", std::string("1e999999999"),
          std::string(5'000, '9'), "0." + std::string(50'000, '1'), std::string("inf"),
          std::string("nan"), std::string("0x") + std::string(40, 'f'), std::string("-1")}) {
        CAPTURE(number.substr(0, 80));
        std::ofstream(path) << "STALE_AFTER = " << number << '\n';
        const char* arguments[] = {"rescuestream-server", "--config", path.c_str()};
        CHECK_FALSE(read_command_line(3, arguments, [](std::string_view) { return std::nullopt; }));
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
