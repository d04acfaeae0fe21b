#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "storage/postgres/outage_log.hpp"

using namespace rescuestream;
using namespace rescuestream::postgres;
using std::chrono::seconds;

namespace {

class Lines final : public Logger {
public:
    void log(LogLevel, std::string_view message,
             std::initializer_list<LogField> fields) noexcept override {
        std::string line(message);
        for (const auto& field : fields) {
            if (field.is_number) line += " " + std::string(field.name) + "=" + field.value;
        }
        lines.push_back(line);
    }
    std::vector<std::string> lines;
};

const sql::Failure kDown{sql::Failure::Kind::kUnavailable, "refused", {}};

struct Outage {
    Lines logger;
    OutageLog log{logger, "postgresql://db/x"};
    OutageLog::Clock::time_point start{};
    OutageLog::Clock::time_point after(int count) const { return start + seconds(count); }
    void fail(int at) {
        log.cannot_connect(kDown, after(at));
        log.call_failed(after(at));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Outage, "an outage is logged when it begins, once a minute, and when it ends") {
    for (int second = 0; second <= 150; ++second) fail(second);
    log.call_succeeded(after(151));
    log.call_succeeded(after(152));
    CHECK(logger.lines ==
          std::vector<std::string>{"the database cannot be used",
                                   "the database still cannot be used seconds=60 failed_calls=60",
                                   "the database still cannot be used seconds=120 failed_calls=60",
                                   "the database can be used again seconds=151 failed_calls=151"});
}

TEST_CASE_FIXTURE(Outage, "calls that fail while connections can be made are no outage") {
    log.call_failed(after(0));
    log.call_succeeded(after(1));
    CHECK(logger.lines.empty());
}

TEST_CASE_FIXTURE(Outage, "outages that follow one another within a minute are one line") {
    for (int second = 0; second < 60; ++second) {
        fail(second);
        log.call_succeeded(after(second));
    }
    CHECK(logger.lines ==
          std::vector<std::string>{"the database cannot be used",
                                   "the database can be used again seconds=0 failed_calls=1"});
    fail(61);
    CHECK(logger.lines.size() == 3);
}
