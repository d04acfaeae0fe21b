// The content of an SQLite file after its program was killed.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "storage/sqlite/sqlite_storage.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

using namespace rescuestream;

namespace {

constexpr const char* kFileVariable = "RESCUESTREAM_TEST_SQLITE_FILE";
constexpr const char* kAcknowledged = "acknowledged ";

AuditEntry make_entry(std::uint32_t number) {
    Uuid::Bytes bytes{};
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[i] = static_cast<std::uint8_t>((number >> (8 * i)) & 0xFFU);
    }
    AuditEntry entry;
    entry.id = AuditEntryId(Uuid(bytes));
    entry.actor = "admin";
    entry.action = "create";
    entry.resource_id = std::to_string(number);
    return entry;
}

// Returns the words after `acknowledged`, from complete lines.
std::set<std::string> acknowledged_in(const std::string& output) {
    std::set<std::string> numbers;
    std::istringstream lines(output.substr(0, output.rfind('\n') + 1));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(kAcknowledged)) {
            numbers.insert(line.substr(std::string(kAcknowledged).size()));
        }
    }
    return numbers;
}

std::set<std::string> stored_in(const std::string& path) {
    const auto storage = open_sqlite_storage(path, {}).value();
    AuditFilter filter;
    filter.limit = 1'000'000;
    std::set<std::string> numbers;
    for (const auto& entry : storage->list_audit(filter).value().entries) {
        numbers.insert(entry.resource_id.value());
    }
    return numbers;
}

}  // namespace

// The test below runs this in a process of its own.
TEST_CASE("SQLite: writes until it is killed" * doctest::skip()) {
    const char* const path = std::getenv(kFileVariable);
    REQUIRE(path != nullptr);
    const auto storage = open_sqlite_storage(path, {}).value();
    storage->migrate(std::nullopt, Timestamp()).value();
    std::atomic<std::uint32_t> next = 1;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] {
            while (true) {
                const std::uint32_t number = next++;
                if (!storage->append_audit(make_entry(number))) continue;
                const std::string line = kAcknowledged + std::to_string(number) + "\n";
                if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return;
            }
        });
    }
    for (auto& thread : threads) thread.join();
}

TEST_CASE("SQLite: a program that is killed has lost nothing that it acknowledged") {
    constexpr std::size_t kEnough = 300;
    for (int round = 0; round < 3; ++round) {
        CAPTURE(round);
        const testing::TemporaryDirectory directory;
        const std::string path = directory.file("a.db");
        testing::Process program(
            {"/proc/self/exe", "--no-skip", "--test-case=SQLite: writes until it is killed"},
            {.environment = {{kFileVariable, path}}});
        REQUIRE(
            testing::eventually([&] { return acknowledged_in(program.output()).size() >= kEnough; },
                                std::chrono::seconds(60)));
        program.send_signal(SIGKILL);
        REQUIRE(program.wait(std::chrono::seconds(30)) == 128 + SIGKILL);

        const auto acknowledged = acknowledged_in(program.output());
        const auto stored = stored_in(path);
        CHECK(
            std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()));
    }
}
