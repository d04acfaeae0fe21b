#pragma once

#include "rescuestream/storage/schema.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Reports and changes the version of the schema.
class SqlSchema : public virtual SchemaStorage, private Access {
public:
    explicit SqlSchema(Database& database) : Access(database) {}

    Result<SchemaStatus> schema_status() override;
    Result<SchemaStatus> migrate(std::optional<int> target, Timestamp now) override;

protected:
    // The checks of Storage::ping.
    Result<void> check();

    ~SqlSchema() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
