#pragma once

#include <memory>
#include <string>

#include "full_disk/small_disk.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// A database on a disk of its own: a file, or a database of a PostgreSQL server whose tables are
/// there.
class Place {
public:
    virtual ~Place() = default;

    virtual std::string uri() const = 0;
    virtual SmallDisk& disk() = 0;
};

/// Creates one, of the backend that this run tests.
std::unique_ptr<Place> make_place();
bool is_sqlite();

}  // namespace rescuestream::testing
