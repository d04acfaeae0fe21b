#include "storage/sqlite/copy_endpoint.hpp"

#include <unistd.h>

#include <utility>

#include "storage/errors.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/file_users.hpp"
#include "storage/sqlite/foreign_objects.hpp"
#include "storage/sqlite/statements.hpp"

namespace rescuestream::sqlite {
namespace {

/// Pages in the write-ahead log after which they are moved into the database file: 16 MB.
constexpr int kPagesOfLog = 4'096;

/// Rows go into several indexes, each at a place of its own: 32 MB instead of SQLite's 2.
constexpr const char* kPageCache = "PRAGMA cache_size = -32768";

class FileEndpoint final : public copy::Endpoint {
public:
    FileEndpoint(std::string path, bool is_source)
        : path_(std::move(path)),
          connection_(path_, Connection::Durability::kFull, Connection::Deadline::max(),
                      is_source ? Connection::Access::kReadOnly : Connection::Access::kReadWrite) {
        connection_.script(kPageCache);
    }

    const sql::Dialect& dialect() const noexcept override { return kDialect; }
    std::string description() const override { return "sqlite:" + path_; }
    std::string qualified(std::string_view table) const override { return std::string(table); }
    std::string other_programs() override { return programs_with(path_); }

    void read(const Work& work) override {
        connection_.script("BEGIN");
        run(work);
        connection_.roll_back();
    }
    void write(const Work& work) override {
        connection_.begin();
        run(work);
        connection_.commit();
        if (connection_.log_pages() > kPagesOfLog) {
            connection_.checkpoint(Connection::Checkpoint::kPassive);
        }
    }

private:
    void run(const Work& work) {
        try {
            work(connection_);
        } catch (...) {
            connection_.roll_back();
            throw;
        }
    }

    const std::string path_;
    Connection connection_;
};

}  // namespace

Result<std::unique_ptr<copy::Endpoint>> open_copy_endpoint(const std::string& path,
                                                           bool is_source) {
    if (::access(path.c_str(), F_OK) != 0) return not_found("There is no database " + path + ".");
    if (is_source) {
        if (auto ours = check_for_foreign_objects(path); !ours) return std::move(ours).error();
    }
    try {
        return std::unique_ptr<copy::Endpoint>(std::make_unique<FileEndpoint>(path, is_source));
    } catch (const sql::Failure& failure) {
        return Error{ErrorCode::kUnavailable,
                     "The SQLite database " + path + " cannot be opened.",
                     failure.detail,
                     {}};
    }
}

}  // namespace rescuestream::sqlite
