#include "migrations/place.hpp"

#include <sqlite3.h>
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

#include <filesystem>
#include <pqxx/pqxx>
#include <stdexcept>

namespace rescuestream::testing {
namespace {

class SqlitePlace final : public Place {
public:
    SqlitePlace() {
        std::string pattern = std::filesystem::temp_directory_path() / "rescuestream-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no directory");
        directory_ = pattern;
    }
    ~SqlitePlace() override {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    SqlitePlace(const SqlitePlace&) = delete;
    SqlitePlace& operator=(const SqlitePlace&) = delete;

    std::string uri() const override { return "sqlite:" + file(); }
    void execute(const std::string& sql) override { query(sql); }
    std::string columns() override {
        return query(
            "SELECT t.name || '.' || c.name || ' ' || lower(c.type) "
            "|| CASE WHEN c.\"notnull\" OR c.pk THEN '' ELSE ' NULL' END "
            "FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'");
    }
    std::string schema() override {
        return query(
            "SELECT coalesce(sql, type || ' ' || name) FROM sqlite_schema "
            "WHERE tbl_name <> 'schema_migrations' ORDER BY type, name");
    }

private:
    std::string file() const { return (directory_ / "test.db").string(); }

    std::string query(const std::string& sql) {
        sqlite3* database = nullptr;
        std::string lines;
        sqlite3_open(file().c_str(), &database);
        sqlite3_busy_timeout(database, 5'000);
        const int code = sqlite3_exec(
            database, sql.c_str(),
            [](void* out, int, char** values, char**) {
                *static_cast<std::string*>(out) += std::string(values[0]) + "\n";
                return 0;
            },
            &lines, nullptr);
        const std::string message = sqlite3_errmsg(database);
        sqlite3_close(database);
        if (code != SQLITE_OK) throw std::runtime_error(message);
        return lines;
    }

    std::filesystem::path directory_;
};

std::string server_uri() {
    const char* uri = ::getenv("RESCUESTREAM_TEST_POSTGRES");
    return uri == nullptr ? "" : uri;
}

class PostgresPlace final : public Place {
public:
    PostgresPlace() {
        static int count = 0;
        database_ =
            "rescuestream_migrations_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
        on_server("CREATE DATABASE " + database_);
        const auto server = server_uri();
        const auto query = std::min(server.find('?'), server.size());
        const auto path = std::min(server.find('/', server.find("://") + 3), query);
        uri_ = server.substr(0, path) + "/" + database_ + server.substr(query);
    }
    ~PostgresPlace() override {
        try {
            on_server("DROP DATABASE " + database_ + " WITH (FORCE)");
        } catch (const std::exception&) {
            // The whole cluster is removed after the tests.
        }
    }
    PostgresPlace(const PostgresPlace&) = delete;
    PostgresPlace& operator=(const PostgresPlace&) = delete;

    std::string uri() const override { return uri_; }
    void execute(const std::string& sql) override { query(sql); }
    std::string columns() override {
        return query(
            "SELECT table_name || '.' || column_name || ' ' || data_type "
            "|| CASE is_nullable WHEN 'YES' THEN ' NULL' ELSE '' END "
            "FROM information_schema.columns WHERE table_schema = 'rescuestream'");
    }
    std::string schema() override {
        return query(
            "SELECT line FROM ("
            "SELECT table_name, 'column ' || table_name || '.' || column_name || ' ' || data_type "
            "|| ' ' || is_nullable || ' ' || coalesce(column_default, '') AS line "
            "FROM information_schema.columns WHERE table_schema = 'rescuestream' "
            "UNION ALL SELECT tablename, indexdef FROM pg_indexes "
            "WHERE schemaname = 'rescuestream' "
            "UNION ALL SELECT relname, relname || ' ' || pg_get_constraintdef(c.oid) "
            "FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
            "WHERE c.connamespace = to_regnamespace('rescuestream') "
            "UNION ALL SELECT relname, relname || ' ' || coalesce(reloptions::text, '') "
            "FROM pg_class WHERE relnamespace = to_regnamespace('rescuestream') "
            "UNION ALL SELECT proname, pg_get_functiondef(oid) "
            "FROM pg_proc WHERE pronamespace = to_regnamespace('rescuestream') "
            "UNION ALL SELECT relname, pg_get_triggerdef(g.oid) "
            "FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid "
            "WHERE NOT tgisinternal AND relnamespace = to_regnamespace('rescuestream') "
            ") AS lines WHERE table_name NOT LIKE 'schema_migrations%' ORDER BY line");
    }

private:
    static void on_server(const std::string& sql) {
        pqxx::connection connection(server_uri());
        pqxx::nontransaction(connection).exec(sql);
    }
    std::string query(const std::string& sql) {
        pqxx::connection connection(uri_);
        pqxx::nontransaction step(connection);
        step.exec("SET search_path = rescuestream");
        std::string lines;
        for (const auto& row : step.exec(sql)) lines += std::string(row[0].c_str()) + "\n";
        return lines;
    }

    std::string database_;
    std::string uri_;
};

}  // namespace

std::unique_ptr<Storage> Place::open() const {
    auto storage = open_storage(uri(), patient_options());
    if (!storage) throw std::runtime_error(storage.error().message + " " + storage.error().detail);
    return *std::move(storage);
}

std::unique_ptr<Place> make_place(const std::string& kind) {
    if (kind == "sqlite") return std::make_unique<SqlitePlace>();
    return std::make_unique<PostgresPlace>();
}

}  // namespace rescuestream::testing
