#include "rescuestream/database_copy.hpp"

#include <memory>
#include <utility>

#include "rescuestream/storage.hpp"
#include "storage/copy/open_endpoint.hpp"
#include "storage/copy/pages.hpp"
#include "storage/errors.hpp"
#include "storage/sql/applied_migrations.hpp"
#include "storage/sql/statements.hpp"
#include "support/crypto.hpp"

namespace rescuestream {
namespace copy {
namespace {

using sql::AppliedMigration;

/// Ends a copy from within `Endpoint::read`.
struct Refused {
    Error error;
};

/// The name of a database for as long as it exists: when its schema was made.
std::string identity_of(const sql::Dialect& dialect, const std::vector<AppliedMigration>& applied) {
    std::string text = dialect.name;
    for (const auto& each : applied) {
        text += ";" + std::to_string(each.version) + " " + each.checksum + " " +
                std::to_string(each.applied_at.time_since_epoch().count());
    }
    return to_hex(sha256(text));
}

class Copy {
public:
    Copy(Endpoint& from, std::string to, Timestamp now,
         const std::function<void(const CopyProgress&)>& progress)
        : from_(from), to_uri_(std::move(to)), now_(now), progress_(progress) {}

    DatabaseCopy make() {
        DatabaseCopy result;
        result.from = from_.description();
        from_.read([&](sql::Connection& source) {
            const std::string identity = check_source(source);
            result.resumed = prepare_target(identity);
            result.to = to_->description();
            copy_tables(source);
            auto different = verify(source, result.tables);
            if (!different.empty() && result.resumed) {
                // What an earlier run copied was changed before this run began.
                result.repeated = true;
                clear_target();
                copy_tables(source);
                different = verify(source, result.tables);
            }
            if (!different.empty()) {
                throw Refused{defect("the table " + different + " differs after the copy")};
            }
        });
        result.source_users = from_.other_programs();
        to_->write([&](sql::Connection& target) {
            target.run(sql::kDeleteMigration, {std::int64_t{sql::kUnfinishedCopyVersion}});
        });
        return result;
    }

private:
    std::string check_source(sql::Connection& source) {
        const auto applied = sql::load_applied_migrations(source, from_.dialect());
        const auto& known = *from_.dialect().migrations;
        if (auto same = sql::compare_migrations(applied, known); !same) {
            Error error = same.error();
            error.message = from_.description() + " cannot be copied. " + error.message;
            throw Refused{std::move(error)};
        }
        if (applied.size() < known.size()) {
            throw Refused{conflict(from_.description() +
                                   (applied.empty() ? " is not a database of RescueStream."
                                                    : " has the schema of an older release: "
                                                      "migrate it first (`rescuestream-cli db "
                                                      "migrate`)."))};
        }
        return identity_of(from_.dialect(), applied);
    }

    // Returns true if the target is an unfinished copy of this source.
    bool prepare_target(const std::string& identity) {
        // Creates an SQLite file.
        auto storage = open_storage(to_uri_);
        if (!storage) throw Refused{storage.error()};
        auto opened = open_endpoint(to_uri_, false);
        if (!opened) throw Refused{opened.error()};
        to_ = *std::move(opened);
        if (to_->description() == from_.description()) {
            throw Refused{
                {ErrorCode::kInvalidArgument, "Both addresses name the same database.", {}, {}}};
        }

        const auto applied = applied_to_target();
        if (sql::is_unfinished_copy(applied)) {
            if (applied.back().checksum == identity) return true;
            throw Refused{conflict(to_->description() + " is an " + applied.back().name +
                                   ", not of this one: remove it first.")};
        }
        if (applied.empty()) {
            const auto migrated = (*storage)->migrate(std::nullopt, now_);
            if (!migrated) throw Refused{migrated.error()};
        } else if (applied.size() != to_->dialect().migrations->size()) {
            throw Refused{conflict(to_->description() +
                                   " already has a schema, of another release: remove it first.")};
        }
        to_->write([&](sql::Connection& target) {
            for (const auto& table : tables()) {
                if (!has_rows(target, *to_, table)) continue;
                throw Refused{conflict(to_->description() + " is not empty: the table " +
                                       std::string(table.name) +
                                       " has rows. A copy needs an empty database.")};
            }
            target.run(sql::kInsertMigration,
                       {std::int64_t{sql::kUnfinishedCopyVersion},
                        "unfinished copy of " + from_.description(), identity, now_});
        });
        return false;
    }

    std::vector<AppliedMigration> applied_to_target() {
        std::vector<AppliedMigration> applied;
        to_->read([&](sql::Connection& target) {
            applied = sql::load_applied_migrations(target, to_->dialect());
        });
        return applied;
    }

    void copy_tables(sql::Connection& source) {
        for (const auto& table : tables()) {
            const auto total = count_rows(source, from_, table);
            std::uint64_t rows = 0;
            sql::Values place;
            to_->read([&](sql::Connection& target) {
                place = last_key(target, *to_, table);
                if (!place.empty()) rows = count_rows(target, *to_, table);
            });
            while (true) {
                const Page page = read_page(source, from_, table, place);
                if (page.empty()) break;
                to_->write(
                    [&](sql::Connection& target) { insert_page(target, *to_, table, page); });
                place = key_of(table, page.back());
                rows += page.size();
                tell(CopyProgress::Phase::kCopying, table, rows, total);
            }
        }
    }

    // Returns the name of a table that is not the same in both; empty: all are.
    std::string verify(sql::Connection& source, std::vector<CopiedTable>& verified) {
        verified.clear();
        for (const auto& table : tables()) {
            const auto total = count_rows(source, from_, table);
            const Digest wanted = digest_of(source, from_, table, total);
            Digest found;
            to_->read(
                [&](sql::Connection& target) { found = digest_of(target, *to_, table, total); });
            if (!(found == wanted)) return std::string(table.name);
            verified.push_back({std::string(table.name), found.rows(), found.text()});
        }
        return {};
    }

    Digest digest_of(sql::Connection& connection, const Endpoint& endpoint, const Table& table,
                     std::uint64_t total) {
        Digest digest;
        sql::Values place;
        while (true) {
            const Page page = read_page(connection, endpoint, table, place);
            if (page.empty()) return digest;
            for (const auto& row : page) digest.add(table, row);
            place = key_of(table, page.back());
            tell(CopyProgress::Phase::kVerifying, table, digest.rows(), total);
        }
    }

    void clear_target() {
        to_->write([&](sql::Connection& target) {
            for (auto table = tables().rbegin(); table != tables().rend(); ++table) {
                target.script("DELETE FROM " + to_->qualified(table->name));
            }
        });
    }

    void tell(CopyProgress::Phase phase, const Table& table, std::uint64_t rows,
              std::uint64_t total) const {
        if (progress_) progress_({phase, table.name, rows, total});
    }

    Endpoint& from_;
    const std::string to_uri_;
    const Timestamp now_;
    const std::function<void(const CopyProgress&)>& progress_;
    std::unique_ptr<Endpoint> to_;
};

}  // namespace
}  // namespace copy

Result<DatabaseCopy> copy_database(std::string_view from, std::string_view to, Timestamp now,
                                   const std::function<void(const CopyProgress&)>& progress) {
    if (to == "memory:") {
        return Error{ErrorCode::kUnsupported, "A database in memory cannot be copied.", {}, {}};
    }
    const auto source = copy::open_endpoint(from, true);
    if (!source) return source.error();
    try {
        return copy::Copy(**source, std::string(to), now, progress).make();
    } catch (const copy::Refused& refused) {
        return refused.error;
    } catch (const sql::Failure& failure) {
        return failure.error();
    } catch (const std::exception& error) {
        return defect(error.what());
    }
}

}  // namespace rescuestream
