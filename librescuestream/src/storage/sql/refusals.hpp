#pragma once

#include "rescuestream/storage/refusals.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps refused attempts.
class SqlRefusals : public virtual RefusalStorage, private Access {
public:
    explicit SqlRefusals(Database& database) : Access(database) {}

    Result<void> add_refused_attempts(const std::vector<RefusedAttempt>& attempts,
                                      const RefusedAttemptLimits& limits) override;
    Result<std::vector<RefusedAttempt>> list_refused_attempts(
        const RefusedAttemptFilter& filter) override;

protected:
    ~SqlRefusals() = default;  // Owned as a Storage.

private:
    void add(Connection& connection, const RefusedAttempt* first, std::size_t count);
    void delete_oldest(Connection& connection, const char* kind, std::size_t most);
};

}  // namespace rescuestream::sql
