#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// The time at which the migrations of these tests are applied.
constexpr Timestamp kNow{std::chrono::seconds(1'800'000'000)};

/// No test is about the deadline. On a busy machine two seconds may be too short to connect.
inline StorageOptions patient_options() {
    StorageOptions options;
    options.deadline = std::chrono::seconds(30);
    return options;
}

/// An empty database of one dialect, which is removed with the object.
class Place {
public:
    virtual ~Place() = default;

    /// The address for `open_storage`.
    virtual std::string uri() const = 0;
    /// Runs SQL without the library. Tables are in the first schema of the search path.
    virtual void execute(const std::string& sql) = 0;
    /// One line for each column: "stream_keys.label text" or, if it may be NULL, "… text NULL".
    /// The words for types are those of the dialect.
    virtual std::string columns() = 0;
    /// Tables, columns, indexes and constraints, without schema_migrations, one in a line.
    virtual std::string schema() = 0;

    /// Opens it with `patient_options`.
    std::unique_ptr<Storage> open() const;
};

/// "sqlite" or "postgresql": the dialect that this run tests.
const std::string& dialect();
std::unique_ptr<Place> make_place(const std::string& kind = dialect());

}  // namespace rescuestream::testing
