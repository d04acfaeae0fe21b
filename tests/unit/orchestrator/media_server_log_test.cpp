// What is logged about a media server that does not answer.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "rescuestream/logger.hpp"
#include "support/control_credential.hpp"
#include "support/test_orchestrator.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;
using std::chrono::seconds;

namespace {

class LevelledLines final : public Logger {
public:
    void log(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        std::string line = level == LogLevel::kWarning ? "warn " : "";
        line += message;
        for (const auto& field : fields) {
            if (field.name == "error") line += ": " + std::string(field.value);
        }
        if (level != LogLevel::kDebug) lines.push_back(line);
    }
    std::vector<std::string> about_media_server() const {
        std::vector<std::string> found;
        for (const auto& line : lines) {
            if (line.find("media server") != std::string::npos) found.push_back(line);
        }
        return found;
    }

    std::vector<std::string> lines;
};

struct Polled {
    explicit Polled(OrchestratorSettings settings = TestOrchestrator::default_settings()) {
        auto fake = std::make_unique<FakeMediaServer>(clock);
        media = fake.get();
        OrchestratorOptions options;
        options.storage = TestOrchestrator::open_memory();
        options.media_server = std::move(fake);
        options.settings = std::move(settings);
        options.clock = &clock;
        options.logger = &log;
        orchestrator = std::make_unique<StreamOrchestrator>(std::move(options));
    }
    void poll_for(int times) {
        for (int i = 0; i < times; ++i) {
            orchestrator->tick();
            clock.advance(seconds(1));
        }
    }

    ManualClock clock;
    LevelledLines log;
    FakeMediaServer* media = nullptr;
    std::unique_ptr<StreamOrchestrator> orchestrator;
};

const std::string kDown = ": The media server cannot be reached.";
const std::string kHangs = ": The media server did not answer in time.";

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a media server that is started after this program causes no warning") {
    Polled t;
    t.media->set_down(true);
    t.poll_for(10);
    t.media->set_down(false);
    t.poll_for(1);
    CHECK(t.log.about_media_server() ==
          Lines{"media server does not answer yet" + kDown, "media server answers"});
}

TEST_CASE("a media server that is not started within 15 s causes one warning") {
    Polled t;
    t.media->set_down(true);
    t.poll_for(60);
    CHECK(t.log.about_media_server() == Lines{"media server does not answer yet" + kDown,
                                              "warn media server does not answer" + kDown});
}

TEST_CASE("each new reason for which a media server does not answer is logged once") {
    Polled t;
    t.poll_for(1);
    for (int times = 0; times < 3; ++times) {
        t.media->set_down(true);
        t.poll_for(2);
        t.media->set_down(false);
        t.media->set_hanging(true);
        t.poll_for(2);
        CHECK(t.orchestrator->list_nodes().value().at(0).reason == kHangs.substr(2));
        t.media->set_hanging(false);
        if (times == 0) continue;
        t.poll_for(1);
        break;
    }
    CHECK(t.log.about_media_server() ==
          Lines{"media server answers", "warn media server does not answer" + kDown,
                "warn media server does not answer" + kHangs, "media server answers"});
}

TEST_CASE("a program that sends MediaMTX the secret of the installation is told once") {
    OrchestratorSettings settings = TestOrchestrator::default_settings();
    const Secret secret("of the installation");
    settings.control_secret = secret;
    settings.api_user = "rescuestream";
    settings.api_password = default_control_password(secret, settings.node);
    const Secret password = settings.api_password;
    Polled polled(settings);
    const auto ask = [&](const Secret& given, const char* node = "") {
        return polled.orchestrator->may_control({node, "rescuestream", given});
    };
    CHECK(ask(password));
    CHECK_FALSE(ask(secret, "nowhere"));
    CHECK(polled.log.lines.empty());
    for (int i = 0; i < 3; ++i) CHECK(ask(secret));
    CHECK(polled.log.lines ==
          Lines{"warn a program sends MediaMTX the secret of the installation, which was its "
                "password before"});
}
