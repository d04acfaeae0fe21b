#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api.hpp"
#include "auth/credentials.hpp"
#include "carrier/carrier.hpp"
#include "documented_answers.hpp"
#include "json/document.hpp"
#include "request_observer.hpp"
#include "settings/settings.hpp"
#include "support/test_orchestrator.hpp"

namespace rescuestream::server::testing {

using rescuestream::testing::TestOrchestrator;

/// A logger that keeps every line.
class RecordingLogger final : public Logger {
public:
    void log(LogLevel, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        const std::lock_guard lock(mutex_);
        text_.append(message);
        for (const auto& field : fields) {
            text_.append(" ").append(field.name).append("=").append(field.value);
        }
        text_ += '\n';
    }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// The calls of an observer, as texts that outlive the request.
struct Observed {
    std::string method, route, path, actor, auth_decision, request_id;
    int status = 0;
};

class RecordingObserver final : public RequestObserver {
public:
    void on_request(const RequestRecord& record) noexcept override {
        const std::lock_guard lock(mutex_);
        all_.push_back({std::string(record.method), std::string(record.route), record.path(),
                        std::string(record.actor), std::string(record.auth_decision),
                        std::string(record.request_id), record.status});
    }
    std::vector<Observed> all() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Observed> all_;
};

/// An answer, with its body as JSON.
struct Reply {
    HttpResponse response;
    rapidjson::Document json;

    /// Leaves `json` null for a body that is no JSON.
    void read_body() {
        if (response.shared_body) response.body = *response.shared_body;
        auto parsed = rescuestream::json::parse(
            response.body, {.max_bytes = 64UL * 1024 * 1024, .max_depth = 64, .any_number = true});
        if (parsed) json = *std::move(parsed);
    }
    int status() const { return response.status; }
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : response.headers) {
            if (key == name) return value;
        }
        return {};
    }
    /// Returns a member of the body as text; "" when there is none.
    std::string text(const char* name) const {
        if (!json.IsObject() || !json.HasMember(name) || !json[name].IsString()) return {};
        return json[name].GetString();
    }
    /// Returns the pointers of a problem's `errors`, in their order, separated by spaces.
    std::string wrong_members() const {
        std::string pointers;
        if (!json.IsObject() || !json.HasMember("errors")) return pointers;
        for (const auto& error : json["errors"].GetArray()) {
            pointers += pointers.empty() ? "" : " ";
            pointers += error["pointer"].GetString();
        }
        return pointers;
    }
};

inline constexpr const char* kSecret = "correct horse battery staple";

/// The body of a request of MediaMTX that is answered without checking a key.
inline const std::string kRead = R"({"action":"read","path":"live/a"})";

/// Lets the address of TestApplication::make_request call media-facing routes.
inline void allow_test_address(Settings& settings) {
    settings.media_allow.push_back(AddressRange::parse("192.0.2.0/24").value());
}

/// The application over storage in memory and a media server in memory, without a socket. Every
/// answer is compared with openapi.yaml.
class TestApplication {
public:
    explicit TestApplication(Settings with = {})
        : TestApplication(TestOrchestrator::open_memory(), std::move(with)) {}

    TestApplication(std::unique_ptr<Storage> storage, Settings with)
        : settings(complete(std::move(with))),
          test(std::move(storage), orchestrator_settings(settings)),
          application(make_api({*test.orchestrator, settings, logger}, {&observer})) {}

    Reply send(HttpRequest request) { return answer_of(application, std::move(request)); }
    /// Sends a request with the shared secret; a body is sent as JSON.
    Reply call(const std::string& method, const std::string& target, std::string body = "") {
        HttpRequest request = make_request(method, target, std::move(body));
        request.headers.emplace_back("x-api-key", kSecret);
        return send(std::move(request));
    }
    /// Sends a request as the media server does: without a credential.
    Reply media(const std::string& target, std::string body) {
        return send(make_request("POST", target, std::move(body)));
    }

    /// Sends a request to `application`. Its answer must be one that openapi.yaml describes.
    static Reply answer_of(const Application& application, HttpRequest request) {
        if (!request.has_header("host")) request.headers.emplace_back("host", "localhost");
        const std::string method = request.method;
        const std::string path(request.encoded_path());
        Reply reply;
        reply.response = application.handle(std::move(request));
        reply.read_body();
        expect_documented(method, path, reply);
        return reply;
    }

    static HttpRequest make_request(const std::string& method, const std::string& target,
                                    std::string body = "") {
        HttpRequest request;
        request.method = method;
        request.set_target(target);
        request.remote_address = "192.0.2.1";
        if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
        request.body = std::move(body);
        return request;
    }

    Settings settings;
    RecordingLogger logger;
    RecordingObserver observer;
    TestOrchestrator test;
    Application application;

private:
    static Settings complete(Settings settings) {
        settings.api_host = "127.0.0.1";
        settings.api_port = 0;
        settings.api_secret = Secret(kSecret);
        allow_test_address(settings);
        return settings;
    }
    static OrchestratorSettings orchestrator_settings(const Settings& settings) {
        OrchestratorSettings result = TestOrchestrator::default_settings();
        const OrchestratorSettings& given = settings.orchestrator;
        result.legacy_path_keys = given.legacy_path_keys;
        result.playback_policy = given.playback_policy;
        result.addresses = given.addresses;
        result.api_user = given.api_user;
        result.api_password = given.api_password;
        result.control_secret = given.control_secret;
        return result;
    }
};

/// The same application behind a real socket.
class TestServer : public TestApplication {
public:
    explicit TestServer(Settings with = {}, ConnectionLimits limits = {})
        : TestServer(TestOrchestrator::open_memory(), std::move(with), limits) {}

    TestServer(std::unique_ptr<Storage> storage, Settings with, ConnectionLimits limits = {})
        : TestApplication(std::move(storage), std::move(with)),
          carrier_(make_carrier(application, settings, logger, limits)),
          http(*carrier_) {
        port = http.bind().value();
        thread_ = std::thread([this] { ended_as_asked = http.run(); });
    }
    ~TestServer() { stop(); }

    void stop() {
        http.stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    const std::unique_ptr<Carrier> carrier_;

public:
    Carrier& http;
    std::uint16_t port = 0;
    bool ended_as_asked = false;

private:
    std::thread thread_;
};

}  // namespace rescuestream::server::testing
