#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>

#include "protection.hpp"
#include "support/faulty_storage.hpp"
#include "support/telling_storage.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {

using rescuestream::testing::FaultyStorage;
using rescuestream::testing::StorageFaults;
using rescuestream::testing::TellingStorage;

inline Settings with_limits(std::uint64_t calls, std::uint64_t keys, std::uint64_t secrets) {
    Settings settings;
    settings.api_rate_limit = calls;
    settings.wrong_keys_per_minute = keys;
    settings.wrong_secrets_per_minute = secrets;
    return settings;
}

/// A TestApplication that is protected.
class ProtectedApplication : public TestApplication {
public:
    explicit ProtectedApplication(Settings with = with_limits(0, 0, 0))
        : ProtectedApplication(std::make_shared<StorageFaults>(), std::move(with)) {}
    ProtectedApplication(std::shared_ptr<StorageFaults> the_faults, Settings with)
        : TestApplication(
              std::make_unique<FaultyStorage>(
                  std::make_shared<TellingStorage>(TestOrchestrator::open_memory()), the_faults),
              std::move(with)),
          faults(std::move(the_faults)),
          protection(settings),
          guarded(make_api({*test.orchestrator, settings, logger, nullptr, &protection},
                           {&observer})) {}

    // Reports about refused attempts use the protection.
    ~ProtectedApplication() { test->stop(); }
    ProtectedApplication(const ProtectedApplication&) = delete;
    ProtectedApplication& operator=(const ProtectedApplication&) = delete;

    Reply ask(HttpRequest request) { return answer_of(guarded, std::move(request)); }
    Reply call(const std::string& method, const std::string& target, std::string body = "",
               Headers more = {}) {
        HttpRequest request = make_request(method, target, std::move(body));
        request.headers.emplace_back("x-api-key", kSecret);
        for (auto& header : more) request.headers.push_back(std::move(header));
        return ask(std::move(request));
    }
    Reply publish(const std::string& key, const std::string& address = "192.0.2.1") {
        return ask(make_request(
            "POST", "/auth",
            fmt::format(R"({{"action":"publish","path":"live/a","password":"{}","ip":"{}",)"
                        R"("protocol":"rtmp","id":"c1"}})",
                        key, address)));
    }

    std::shared_ptr<StorageFaults> faults;
    Protection protection;
    Application guarded;
};

inline std::string some_key(int number) {
    return fmt::format("sk_{:043}", number);
}

}  // namespace rescuestream::server::testing
