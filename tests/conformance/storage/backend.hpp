#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// The backend that this run of the suite tests, and the place where it keeps its data.
class Backend {
public:
    virtual ~Backend() = default;

    /// The text that Storage::backend must return.
    virtual std::string_view name() const = 0;
    /// A text that Storage::description must never contain; empty when there is none.
    virtual std::string_view password() const { return {}; }
    /// The address for another program; empty when no other program can use it.
    virtual std::string address() const { return {}; }
    /// Returns whether it has migrations that can be reverted.
    virtual bool has_schema() const { return true; }
    /// Returns whether records are kept when the storage is opened again, or twice.
    virtual bool is_persistent() const { return true; }

    /// Empties the place. Storages that were opened before must not be used any more.
    virtual void reset() = 0;
    /// Opens the storage at the place, without migrating.
    virtual std::unique_ptr<Storage> open(Logger* logger = nullptr) = 0;
    /// Runs a statement as another program, without checks of foreign keys.
    virtual void execute(const std::string& /*statement*/) {}
};

/// `memory:`, `forwarding:` (a ForwardingStorage before one in memory), `sqlite:` (a temporary
/// file), or `postgresql://…` (makes a database of its own there and drops it at the end). Throws
/// std::runtime_error for anything else and when it cannot. With `pool_mode`, "session" or
/// "transaction", PostgreSQL is used through a PgBouncer of its own.
std::unique_ptr<Backend> make_backend(const std::string& uri, const std::string& pool_mode = {});

/// The object that `main` created.
Backend& backend();

}  // namespace rescuestream::testing
