#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rescuestream/tracer.hpp"

namespace rescuestream::sql {

/// What a statement does, without its conditions and values.
struct StatementName {
    std::string operation;  ///< "UPDATE"; its first word if it is not one of the usual ones.
    std::string table;      ///< Empty: it has none.
    std::string summary;    ///< "UPDATE stream_keys".
};

/// Names a statement by its first change (INSERT, UPDATE or DELETE, also within WITH), or by the
/// first table that it reads.
StatementName name_statement(std::string_view statement);

/// The name of the statement that ends a transaction.
const StatementName& name_of_commit();

/// The span of one statement, a child of the current span, from construction to destruction. An
/// exception that leaves its block marks it as failed.
class StatementSpan {
public:
    /// `system` is OpenTelemetry's name of the database system. `callers` is the number of callers
    /// that share the statement.
    StatementSpan(std::string_view system, const StatementName& name, std::size_t callers = 1);
    ~StatementSpan();
    StatementSpan(const StatementSpan&) = delete;
    StatementSpan& operator=(const StatementSpan&) = delete;

private:
    Span span_;
    int exceptions_ = 0;
};

}  // namespace rescuestream::sql
