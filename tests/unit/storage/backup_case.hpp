#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/backup.hpp"
#include "rescuestream/storage.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_orchestrator.hpp"

namespace rescuestream::testing {

/// A database file, and programs that use it.
class BackupCase {
public:
    std::unique_ptr<TestOrchestrator> open() const {
        auto storage = open_storage(uri).value();
        storage->migrate(std::nullopt, Timestamp{}).value();
        return std::make_unique<TestOrchestrator>(std::move(storage),
                                                  TestOrchestrator::default_settings());
    }
    static std::vector<std::string> names(TestOrchestrator& program) {
        std::vector<std::string> all;
        for (const auto& each : program->list_broadcasters({}).value().items) {
            all.push_back(each.display_name);
        }
        return all;
    }

    TemporaryDirectory directory;
    const std::string uri = "sqlite:" + directory.file("live.db");
    const std::string copy = directory.file("copy.db");
    const Timestamp now = parse_rfc3339("2026-01-17T10:00:00Z").value();
};

}  // namespace rescuestream::testing
