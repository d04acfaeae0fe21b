#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace rescuestream::testing {

/// One statement as the server carried it out.
struct Plan {
    std::string query;  ///< The first line of its text.
    std::string text;   ///< The plan, as EXPLAIN ANALYZE writes it.
    /// The largest number of rows that one step of it read or returned, over all its loops.
    std::uint64_t most_rows = 0;
    bool reads_whole_table = false;
};

/// What auto_explain writes into the log of a PostgreSQL server.
class PlanLog {
public:
    explicit PlanLog(const std::string& file);

    /// The statements that were logged since the last call.
    std::vector<Plan> read();

private:
    std::ifstream file_;
};

/// The object that `main` created.
PlanLog& plan_log();

}  // namespace rescuestream::testing
