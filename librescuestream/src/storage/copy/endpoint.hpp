#pragma once

#include <functional>
#include <memory>
#include <string>

#include "storage/sql/database.hpp"

namespace rescuestream::copy {

/// One of the two databases of a copy, with a connection of its own whose statements have no time
/// limit.
///
/// Thread-safety: one thread at a time. Methods throw sql::Failure, and what `work` throws.
class Endpoint {
public:
    using Work = std::function<void(sql::Connection&)>;

    virtual ~Endpoint() = default;

    virtual const sql::Dialect& dialect() const noexcept = 0;
    /// Returns the address without a credential.
    virtual std::string description() const = 0;
    /// Returns the name of a table as statements need it.
    virtual std::string qualified(std::string_view table) const = 0;
    /// Returns the other programs that use the database, as far as the system shows them, for
    /// people; empty: none.
    virtual std::string other_programs() = 0;

    /// Lets `work` read the state of one moment, however long it takes and whatever other programs
    /// write meanwhile.
    virtual void read(const Work& work) = 0;
    /// Runs `work` as one transaction.
    virtual void write(const Work& work) = 0;
};

}  // namespace rescuestream::copy
