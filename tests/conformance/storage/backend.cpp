#include "conformance/storage/backend.hpp"

#include <stdlib.h>  // mkdtemp
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <pqxx/pqxx>
#include <stdexcept>
#include <utility>

#include "rescuestream/forwarding_storage.hpp"
#include "storage/memory/memory_storage.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/pg_bouncer.hpp"

namespace rescuestream::testing {
namespace {

std::unique_ptr<Storage> open_or_throw(const std::string& uri, StorageOptions options = {}) {
    // No test is about the deadline. On a busy machine two seconds may be too short to connect.
    options.deadline = std::chrono::seconds(30);
    auto storage = open_storage(uri, options);
    if (!storage) {
        throw std::runtime_error("open_storage: " + storage.error().message + " " +
                                 storage.error().detail);
    }
    return *std::move(storage);
}

class MemoryBackend : public Backend {
public:
    std::string_view name() const override { return "memory"; }
    bool has_schema() const override { return false; }
    bool is_persistent() const override { return false; }
    void reset() override {}
    std::unique_ptr<Storage> open(Logger* /*logger*/) override { return make_memory_storage(); }
};

// A storage in memory behind one that only forwards calls.
class ForwardingBackend final : public MemoryBackend {
public:
    std::unique_ptr<Storage> open(Logger* logger) override {
        return std::make_unique<ForwardingStorage>(MemoryBackend::open(logger));
    }
};

class SqliteBackend final : public Backend {
public:
    SqliteBackend() {
        std::string pattern = std::filesystem::temp_directory_path() / "rescuestream-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("cannot make a temporary directory");
        }
        directory_ = pattern;
    }
    ~SqliteBackend() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    SqliteBackend(const SqliteBackend&) = delete;
    SqliteBackend& operator=(const SqliteBackend&) = delete;

    std::string_view name() const override { return "sqlite"; }
    void reset() override {
        for (const auto& file : std::filesystem::directory_iterator(directory_)) {
            std::filesystem::remove(file);
        }
        ++round_;  // another name each time, so that no part of an old file is used again
    }
    std::unique_ptr<Storage> open(Logger* logger) override {
        StorageOptions options;
        options.logger = logger;
        return open_or_throw("sqlite:" + file().string(), std::move(options));
    }
    void execute(const std::string& statement) override {
        sqlite::Connection connection(file().string(), sqlite::Connection::Durability::kFull,
                                      sqlite::Connection::Deadline::max());
        connection.script("PRAGMA foreign_keys = OFF; " + statement);
    }

private:
    std::filesystem::path file() const {
        return directory_ / ("test-" + std::to_string(round_) + ".db");
    }

    std::filesystem::path directory_;
    int round_ = 0;
};

// Returns the same address with another database.
std::string with_database(const std::string& uri, const std::string& database) {
    const auto authority = uri.find("://") + 3;
    const auto query = std::min(uri.find('?'), uri.size());
    const auto path = std::min(uri.find('/', authority), query);
    return uri.substr(0, path) + "/" + database + uri.substr(query);
}

// Returns the text between the colon and the @ of `postgresql://user:password@host`.
std::string password_of(const std::string& uri) {
    const auto authority = uri.find("://") + 3;
    const auto end = uri.find('@', authority);
    const auto colon = uri.find(':', authority);
    if (end == std::string::npos || colon == std::string::npos || colon > end) return {};
    return uri.substr(colon + 1, end - colon - 1);
}

class PostgresBackend : public Backend {
public:
    explicit PostgresBackend(const std::string& server_uri)
        : server_uri_(server_uri),
          database_("rescuestream_conformance_" + std::to_string(::getpid())),
          uri_(with_database(server_uri, database_)),
          password_(password_of(server_uri)) {
        pqxx::connection server(server_uri_);
        pqxx::nontransaction step(server);
        step.exec("CREATE DATABASE " + database_);
        // No test cuts the power, so none has to wait for the disk.
        step.exec("ALTER DATABASE " + database_ + " SET synchronous_commit = off");
        connection_ = std::make_unique<pqxx::connection>(uri_);
    }
    ~PostgresBackend() override {
        try {
            connection_.reset();
            pqxx::connection server(server_uri_);
            pqxx::nontransaction step(server);
            step.exec("DROP DATABASE " + database_ + " WITH (FORCE)");
        } catch (const std::exception&) {
            // The whole cluster is removed after the tests.
        }
    }
    PostgresBackend(const PostgresBackend&) = delete;
    PostgresBackend& operator=(const PostgresBackend&) = delete;

    std::string_view name() const override { return "postgresql"; }
    std::string_view password() const override { return password_; }
    std::string address() const override { return uri_; }

    void reset() override {
        // For a few rows this is much faster than migrating down and up, or TRUNCATE, which creates
        // new files. In the replica role foreign keys are not checked.
        pqxx::work step(*connection_);
        step.exec("SET LOCAL session_replication_role = replica");
        for (const auto& row : step.exec(
                 "SELECT format('rescuestream.%I', table_name) FROM information_schema.tables "
                 "WHERE table_schema = 'rescuestream' AND table_name <> 'schema_migrations'")) {
            step.exec("DELETE FROM " + row[0].as<std::string>());
        }
        step.commit();
    }
    std::unique_ptr<Storage> open(Logger* logger) override {
        StorageOptions options;
        options.logger = logger;
        return open_or_throw(uri_, std::move(options));
    }
    void execute(const std::string& statement) override {
        pqxx::work step(*connection_);
        step.exec("SET LOCAL search_path = rescuestream");
        step.exec(statement);
        step.commit();
    }

private:
    std::string server_uri_;
    std::string database_;
    std::string uri_;
    std::string password_;
    std::unique_ptr<pqxx::connection> connection_;
};

// The same through PgBouncer; only notifications take the direct way.
class PgBouncerBackend final : public PostgresBackend {
public:
    PgBouncerBackend(const std::string& server_uri, const std::string& mode)
        : PostgresBackend(server_uri), pooler_(mode, server_uri) {}

    std::string address() const override { return pooler_.address(PostgresBackend::address()); }
    std::unique_ptr<Storage> open(Logger* logger) override {
        StorageOptions options;
        options.logger = logger;
        options.listen_uri = PostgresBackend::address();
        return open_or_throw(address(), std::move(options));
    }

private:
    PgBouncer pooler_;
};

}  // namespace

std::unique_ptr<Backend> make_backend(const std::string& uri, const std::string& pool_mode) {
    if (!pool_mode.empty()) return std::make_unique<PgBouncerBackend>(uri, pool_mode);
    if (uri == "memory:") return std::make_unique<MemoryBackend>();
    if (uri == "forwarding:") return std::make_unique<ForwardingBackend>();
    if (uri == "sqlite:") return std::make_unique<SqliteBackend>();
    if (uri.starts_with("postgresql://") || uri.starts_with("postgres://")) {
        return std::make_unique<PostgresBackend>(uri);
    }
    throw std::runtime_error(
        "RESCUESTREAM_TEST_STORAGE must be memory:, forwarding:, sqlite: or postgresql://");
}

}  // namespace rescuestream::testing
