#include "postgres/cluster.hpp"

#include <cstdlib>
#include <fstream>
#include <pqxx/pqxx>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "support/wait.hpp"

namespace rescuestream::testing {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set");
    return value;
}

std::string server() {
    return variable("RESCUESTREAM_TEST_POSTGRES");
}

// "host:port" of postgresql://user:password@host:port/database.
std::string place() {
    const std::string uri = server();
    const auto at = uri.find('@');
    return uri.substr(at + 1, uri.find('/', at) - at - 1);
}

std::string hba_file() {
    return Cluster::data_directory() + "/pg_hba.conf";
}

std::string read_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

// Returns when the server has read its files again.
void reload() {
    const std::string question = "SELECT pg_conf_load_time()";
    const auto before = Cluster::ask(question);
    Cluster::execute("SELECT pg_reload_conf()");
    if (!eventually([&] { return Cluster::ask(question) != before; })) {
        throw std::runtime_error("PostgreSQL does not read pg_hba.conf");
    }
}

void load(const std::string& text) {
    std::ofstream(hba_file()) << text;
    reload();
}

}  // namespace

void Cluster::execute(const std::string& sql, const std::string& database) {
    pqxx::connection connection(superuser(database));
    pqxx::nontransaction(connection).exec(sql);
}

std::string Cluster::ask(const std::string& sql, const std::string& database) {
    pqxx::connection connection(superuser(database));
    return pqxx::nontransaction(connection).exec(sql)[0][0].c_str();
}

std::string Cluster::superuser(const std::string& database) {
    const std::string uri = server();
    return uri.substr(0, uri.rfind('/') + 1) + database;
}

std::string Cluster::address(const std::string& user, const std::string& password,
                             const std::string& database, const std::string& query) {
    return "postgresql://" + user + ":" + password + "@" + place() + "/" + database +
           (query.empty() ? "" : "?" + query);
}

std::string Cluster::host() {
    return place().substr(0, place().find(':'));
}

std::string Cluster::port() {
    return place().substr(place().find(':') + 1);
}

std::string Cluster::data_directory() {
    return variable("RESCUESTREAM_TEST_POSTGRES_DATA");
}

Account::Account(std::string name, const std::string& options) : name_(std::move(name)) {
    Cluster::execute("CREATE ROLE " + name_ + " LOGIN PASSWORD 'pw'");
    Cluster::execute("CREATE DATABASE " + name_ + " OWNER " + name_ + " TEMPLATE template0 " +
                     options);
}

Account::~Account() {
    try {
        Cluster::execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        Cluster::execute("DROP ROLE IF EXISTS " + name_);
    } catch (const std::exception&) {
        // The whole cluster is removed after the tests.
    }
}

HbaLines::HbaLines(const std::string& lines) : before_(read_file(hba_file())) {
    load(lines + before_);
}

HbaLines::~HbaLines() {
    load(before_);
}

ServerTls::ServerTls() {
    const auto place = Cluster::data_directory();
    const auto made = run({"sh", "-c",
                           "cd \"$0\" && openssl req -x509 -newkey rsa:2048 -nodes -days 2 "
                           "-subj /CN=db.example -keyout server.key -out server.crt && "
                           "chown --reference=PG_VERSION server.key server.crt && "
                           "chmod 0600 server.key",
                           place});
    if (made.exit_code != 0) throw std::runtime_error("no certificate: " + made.errors);
    Cluster::execute("ALTER SYSTEM SET ssl = on");
    reload();
}

ServerTls::~ServerTls() {
    Cluster::execute("ALTER SYSTEM RESET ssl");
    reload();
}

std::string ServerTls::certificate() const {
    return Cluster::data_directory() + "/server.crt";
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

ProcessOptions program_environment(const std::string& data_directory, const std::string& database) {
    ProcessOptions options;
    options.environment = {{"DATA_DIR", data_directory},
                           {"API_HOST", "127.0.0.1"},
                           {"API_PORT", "0"},
                           {"API_SECRET", "a secret of the test"},
                           {"DATABASE_URL", database},
                           {"DATABASE_POOLER", std::nullopt},
                           {"METRICS_ENABLED", "false"},
                           {"MEDIAMTX_API_URL", "memory:"},
                           {"LOG_FORMAT", "json"},
                           {"LOG_LEVEL", std::nullopt},
                           {"CONFIG_FILE", std::nullopt},
                           {"RESCUESTREAM_SERVER", std::nullopt}};
    return options;
}

}  // namespace rescuestream::testing
