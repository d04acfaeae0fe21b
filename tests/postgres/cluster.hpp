#pragma once

#include <string>

#include "support/process.hpp"

namespace rescuestream::testing {

/// The PostgreSQL server that RESCUESTREAM_TEST_POSTGRES names, for a test that may change
/// everything in it.
class Cluster {
public:
    /// Runs SQL as the superuser, each statement alone.
    static void execute(const std::string& sql, const std::string& database = "postgres");
    /// Returns the first column of the first row.
    static std::string ask(const std::string& sql, const std::string& database = "postgres");
    /// The address of the superuser.
    static std::string superuser(const std::string& database = "postgres");
    static std::string address(const std::string& user, const std::string& password,
                               const std::string& database, const std::string& query = {});
    static std::string host();
    static std::string port();
    static std::string data_directory();
};

/// A role with the password "pw", and a database of it with the same name. Both are dropped with
/// the object.
class Account {
public:
    explicit Account(std::string name, const std::string& options = "ENCODING 'UTF8'");
    ~Account();
    Account(const Account&) = delete;
    Account& operator=(const Account&) = delete;

    const std::string& name() const noexcept { return name_; }
    std::string address(const std::string& query = {}) const {
        return Cluster::address(name_, "pw", name_, query);
    }

private:
    const std::string name_;
};

/// Lines before all others of pg_hba.conf, until the object is destroyed.
class HbaLines {
public:
    explicit HbaLines(const std::string& lines);
    ~HbaLines();
    HbaLines(const HbaLines&) = delete;
    HbaLines& operator=(const HbaLines&) = delete;

private:
    std::string before_;
};

/// The server offers TLS, with a certificate for db.example, until the object is destroyed.
class ServerTls {
public:
    ServerTls();
    ~ServerTls();
    ServerTls(const ServerTls&) = delete;
    ServerTls& operator=(const ServerTls&) = delete;

    std::string certificate() const;
};

bool has(const std::string& text, const std::string& part);

/// Variables for each program: a data directory of its own, a simulated media server, JSON lines.
ProcessOptions program_environment(const std::string& data_directory, const std::string& database);

}  // namespace rescuestream::testing
