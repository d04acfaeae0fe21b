// Every setting, with what people write for it: what is understood, and what is refused by name.
#include "settings_tries.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config_case.hpp"
#include "settings/given.hpp"
#include "settings/read.hpp"
#include "settings/rows.hpp"
#include "settings/secret_rules.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("what people write for a setting is understood, or refused with the setting's name") {
    for (const Try& each : all_tries()) {
        CAPTURE(each.name);
        CAPTURE(each.text);
        const auto& rows = settings::rows();
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& one) { return one.name == each.name; });
        REQUIRE(row != rows.end());
        settings::GivenSettings given = settings::collect_given(
            {},
            [&](std::string_view name) {
                return name == each.name ? std::optional(each.text) : std::nullopt;
            },
            {});
        const auto result = settings::read_settings(given, row->used_for);
        if (!each.shown.empty()) {
            if (!result) {
                for (const auto& field : result.error().fields) {
                    FAIL_CHECK(field.pointer << ' ' << field.detail);
                }
                continue;
            }
            CHECK(row->shown(*result) == each.shown);
            continue;
        }
        CHECK_FALSE(result.has_value());
        if (result) continue;
        const auto& fields = result.error().fields;
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldError& field) {
            return field.pointer == each.name;
        });
        CHECK(found != fields.end());
        if (found == fields.end()) continue;
        CAPTURE(found->detail);
        CHECK(found->detail.ends_with("(in the environment)"));
        CHECK(found->detail.find("..") == std::string::npos);
    }
}

TEST_CASE("every setting is tried with at least one good and two wrong texts") {
    const auto tries = all_tries();
    for (const auto& row : settings::rows()) {
        CAPTURE(row.name);
        const auto of_row = [&](bool good) {
            return std::count_if(tries.begin(), tries.end(), [&](const Try& each) {
                return each.name == row.name && each.shown.empty() != good;
            });
        };
        // A certificate alone is refused, too: see config_test.
        const bool has_no_good_try = row.name.starts_with("TLS_");
        CHECK(of_row(true) >= (has_no_good_try ? 0 : 1));
        CHECK(of_row(false) >= 2);
        CHECK(of_row(true) + of_row(false) >= 3);
    }
}

TEST_CASE("a refusal of a text or number contains an example of a good one") {
    for (const auto& [name, text] : Variables{{"MEDIAMTX_RTMP_URL", "rtmp://h/live"},
                                              {"MEDIAMTX_PUBLIC_URL", "h:8889"},
                                              {"API_PORT", "x"},
                                              {"RECONNECT_WINDOW", "-1"},
                                              {"MAX_CONNECTIONS", "all"},
                                              {"TRUSTED_PROXIES", "proxy"},
                                              {"MEDIA_LISTEN", "x"},
                                              {"DATABASE_URL", "x"},
                                              {"TRACING_SAMPLERATE", "1%"},
                                              {"DATA_DIR", "~"},
                                              {"CORS_ORIGINS", "x"}}) {
        CAPTURE(name);
        const auto line = read({}, {{name, text}});
        REQUIRE_FALSE(line.has_value());
        const std::string detail = line.error().fields.at(0).detail;
        CAPTURE(detail);
        const bool has_example = detail.find("for example ") != std::string::npos ||
                                 detail.find(" like ") != std::string::npos;
        CHECK(has_example);
    }
}

TEST_CASE("a port that Kubernetes has set is explained with the name of the Service") {
    const auto line = read({}, {{"API_PORT", "tcp://10.0.0.1:8080"}});
    REQUIRE_FALSE(line.has_value());
    REQUIRE(line.error().fields.size() == 1);
    CHECK(line.error().fields[0].pointer == "API_PORT");
    const std::string& detail = line.error().fields[0].detail;
    CHECK(detail.find("Service named \"api\"") != std::string::npos);
    CHECK(detail.find("enableServiceLinks: false") != std::string::npos);
}

TEST_CASE("host and port may stand in one setting, unless the other one contradicts it") {
    const auto both = read({}, {{"API_PORT", "127.0.0.1:9001"}, {"METRICS_HOST", "[::1]:9002"}});
    REQUIRE(both.has_value());
    CHECK(both->settings.api_host == "127.0.0.1");
    CHECK(both->settings.api_port == 9001);
    CHECK(both->settings.metrics_host == "::1");
    CHECK(both->settings.metrics_port == 9002);
    CHECK(read({}, {{"API_PORT", "127.0.0.1:9001"}, {"API_HOST", "127.0.0.1"}}));
    CHECK(wrong(read({}, {{"API_PORT", "127.0.0.1:9001"}, {"API_HOST", "10.0.0.1"}})) ==
          std::vector<std::string>{"API_PORT"});
    CHECK(wrong(read({}, {{"API_HOST", "127.0.0.1:9001"}, {"API_PORT", "9002"}})) ==
          std::vector<std::string>{"API_HOST"});
}

TEST_CASE("a file name for a setting that is the name of a file itself is refused") {
    for (const std::string name : {"TLS_CERTIFICATE", "TLS_KEY", "MEDIAMTX_API_CA"}) {
        CAPTURE(name);
        CHECK(wrong(read({}, {{name + "_FILE", "/x.pem"}})) ==
              std::vector<std::string>{name + "_FILE"});
    }
}

TEST_CASE("quotes around a secret are a part of it, and a warning says so") {
    const auto line = read({}, {{"API_SECRET", "\"0123456789abcdefgh\""}});
    REQUIRE(line.has_value());
    CHECK(line->settings.api_secret.reveal() == "\"0123456789abcdefgh\"");
    const auto warnings = settings::warnings_about_secrets(line->settings);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].find("begins and ends with a quote") != std::string::npos);
}

TEST_CASE("a private key that every user can read causes a warning") {
    const rescuestream::testing::TemporaryDirectory directory;
    const std::string key = (directory.path() / "key.pem").string();
    std::ofstream(key) << "-";
    const Variables variables{{"TLS_CERTIFICATE", "/c.pem"}, {"TLS_KEY", key}};
    namespace fs = std::filesystem;
    fs::permissions(key, fs::perms::owner_read | fs::perms::others_read);
    const auto open = read({}, variables);
    REQUIRE(open.has_value());
    REQUIRE(open->settings.warnings.size() == 1);
    CHECK(open->settings.warnings[0].find("can read TLS_KEY (in " + key + ")") !=
          std::string::npos);
    fs::permissions(key, fs::perms::owner_read | fs::perms::group_read);
    CHECK(read({}, variables)->settings.warnings.empty());
}

TEST_CASE("every part of a credential may be in a file, whose end of line does not count") {
    const rescuestream::testing::TemporaryDirectory directory;
    for (const auto& [name, text] :
         Variables{{"API_SECRET", "a-secret-of-24-characters"},
                   {"MEDIA_SECRET", "a-secret-of-24-characters"},
                   {"MEDIAMTX_API_USER", "mtx"},
                   {"MEDIAMTX_API_PASSWORD", "a-secret-of-24-characters"},
                   {"DATABASE_URL", "postgresql://u:p@h/x"},
                   {"OTEL_EXPORTER_OTLP_HEADERS", "a=b"}}) {
        CAPTURE(name);
        const std::string path = (directory.path() / name).string();
        std::ofstream(path) << text << "\r\n";
        const auto line = read({}, {{name + "_FILE", " " + path + " "}});
        REQUIRE(line.has_value());
        const auto& rows = settings::rows();
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& one) { return one.name == name; });
        const auto direct = read({}, {{name, text}});
        REQUIRE(direct.has_value());
        CHECK(row->shown(line->settings) == row->shown(direct->settings));
        CHECK(wrong(read({}, {{name + "_FILE", path}, {name, text}})) ==
              std::vector<std::string>{name + "_FILE"});
        const auto missing = read({}, {{name + "_FILE", path + ".none"}});
        CHECK(wrong(missing) == std::vector<std::string>{name + "_FILE"});
        CHECK(missing.error().fields.at(0).detail.find(path + ".none") != std::string::npos);
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
