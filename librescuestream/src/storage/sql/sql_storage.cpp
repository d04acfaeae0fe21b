#include "storage/sql/sql_storage.hpp"

#include <utility>

#include "storage/sql/audit_chain.hpp"
#include "storage/sql/credentials.hpp"
#include "storage/sql/cutoffs.hpp"
#include "storage/sql/directory.hpp"
#include "storage/sql/guest_links.hpp"
#include "storage/sql/held_keys.hpp"
#include "storage/sql/incidents.hpp"
#include "storage/sql/keys.hpp"
#include "storage/sql/nodes.hpp"
#include "storage/sql/playback.hpp"
#include "storage/sql/publishing.hpp"
#include "storage/sql/record.hpp"
#include "storage/sql/refusals.hpp"
#include "storage/sql/reservations.hpp"
#include "storage/sql/schema.hpp"
#include "storage/sql/sessions.hpp"
#include "storage/sql/unreadable_rows.hpp"
#include "storage/sql/viewers.hpp"

namespace rescuestream::sql {
namespace {

// What the roles of a storage share. It is the first base class, because the roles refer to it.
struct Owned {
    const std::unique_ptr<Database> database;
    HeldKeys held;
};

class SqlStorage final : private Owned,
                         public Storage,
                         public SqlSchema,
                         public SqlDirectory,
                         public SqlKeys,
                         public SqlPublishing,
                         public SqlSessions,
                         public SqlCutoffs,
                         public SqlNodes,
                         public SqlRecord,
                         public SqlRefusals,
                         public SqlPlayback,
                         public SqlCredentials,
                         public SqlViewers,
                         public SqlIncidents,
                         public SqlGuestLinks,
                         public SqlReservations,
                         public SqlAuditChain {
public:
    SqlStorage(std::unique_ptr<Database> owned, Logger& logger)
        : Owned{std::move(owned), {}},
          SqlSchema(*database),
          SqlDirectory(*database),
          SqlKeys(*database),
          SqlPublishing(*database, held),
          SqlSessions(*database, held),
          SqlCutoffs(*database),
          SqlNodes(*database),
          SqlRecord(*database),
          SqlRefusals(*database),
          SqlPlayback(*database),
          SqlCredentials(*database),
          SqlViewers(*database),
          SqlIncidents(*database),
          SqlGuestLinks(*database),
          SqlReservations(*database),
          SqlAuditChain(*database) {
        database->unreadable().log_to(logger);
    }

    std::string_view backend() const noexcept override { return database->dialect().name; }
    std::string description() const override { return database->description(); }
    Result<void> ping() override {
        auto checked = check();
        if (checked && database->unreadable().is_check_due()) check_unreadable_rows();
        return checked;
    }
    std::optional<DiskSpace> disk_space() override { return database->disk_space(); }
    StorageFigures figures() override {
        auto figures = database->figures();
        figures.unreadable_rows = database->unreadable().all();
        return figures;
    }
    void watch_changes(std::function<void()> listener) override {
        database->watch_changes(std::move(listener));
    }

private:
    void check_unreadable_rows() {
        try {
            database->read(
                [this](Connection& connection) { database->unreadable().check_again(connection); });
        } catch (const Failure&) {
            // The next call tries again.
        }
    }
};

}  // namespace

std::unique_ptr<Storage> make_sql_storage(std::unique_ptr<Database> database, Logger* logger) {
    return std::make_unique<SqlStorage>(std::move(database),
                                        logger != nullptr ? *logger : null_logger());
}

}  // namespace rescuestream::sql
