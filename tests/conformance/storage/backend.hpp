#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// The backend that this run of the suite is about, and the place where it keeps its data.
class Backend {
public:
    virtual ~Backend() = default;

    /// What Storage::backend must answer.
    virtual std::string_view name() const = 0;
    /// A text that must never show up in Storage::description; empty: there is none.
    virtual std::string_view password() const { return {}; }
    /// Where another program finds it; empty: none can.
    virtual std::string address() const { return {}; }
    /// Has migrations that can be taken back.
    virtual bool has_schema() const { return true; }
    /// What was written is there when the storage is opened again, or twice.
    virtual bool is_persistent() const { return true; }

    /// Makes the place empty. Storages that were opened before are of no use any more.
    virtual void reset() = 0;
    /// Opens the storage at the place, without migrating.
    virtual std::unique_ptr<Storage> open() = 0;
};

/// `memory:`, `forwarding:` (a ForwardingStorage before one in memory), `sqlite:` (a temporary
/// file), or `postgresql://…` (makes a database of its own there and drops it at the end). Throws
/// std::runtime_error for anything else and when it cannot.
std::unique_ptr<Backend> make_backend(const std::string& uri);

/// The one that `main` made.
Backend& backend();

}  // namespace rescuestream::testing
