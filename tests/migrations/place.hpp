#pragma once

#include <memory>
#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// When the migrations of these tests are run.
constexpr Timestamp kNow{std::chrono::seconds(1'800'000'000)};

/// An empty database of one dialect, which goes when the object does.
class Place {
public:
    virtual ~Place() = default;

    /// What `open_storage` takes.
    virtual std::string uri() const = 0;
    /// Runs SQL past the library. Tables stand in the schema that is searched first.
    virtual void execute(const std::string& sql) = 0;
    /// Tables, columns, indexes and constraints, without schema_migrations, one in a line.
    virtual std::string schema() = 0;

    std::unique_ptr<Storage> open() const;
};

/// "sqlite" or "postgresql": what this run of the program is about.
const std::string& dialect();
std::unique_ptr<Place> make_place();

}  // namespace rescuestream::testing
