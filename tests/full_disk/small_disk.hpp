#pragma once

#include <string>

#include "support/temporary_directory.hpp"

namespace rescuestream::testing {

/// A small file system in memory that can be filled.
class SmallDisk {
public:
    /// Throws std::runtime_error when it cannot be mounted.
    explicit SmallDisk(std::size_t megabytes);
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    /// Whether this program may mount one.
    static bool is_possible();

    std::string file(const std::string& name) const { return directory_.file(name); }
    std::string path() const { return directory_.path().string(); }

    /// Fills the disk completely.
    void fill();
    /// Frees what `fill` has used.
    void make_room();

private:
    TemporaryDirectory directory_;
};

}  // namespace rescuestream::testing
