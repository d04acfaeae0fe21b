#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "rescuestream/result.hpp"

namespace rescuestream {

struct RegularFile {
    std::string content;
    mode_t mode = 0;  ///< Its permissions.
};

/// Reads a whole file that its owner maintains. Never waits and never reads without an end: a
/// named pipe, a device or a directory is refused, and so is a file larger than `max_bytes`.
/// kNotFound: there is no file. kUnavailable: it cannot be read; the message is the end of a
/// sentence that begins with the file's name ("is no ordinary file").
Result<RegularFile> read_regular_file(const std::string& path, std::size_t max_bytes);

/// Returns false for a named pipe, a device or a directory, on which a library that reads `path`
/// itself might wait. A file that does not exist is left to that library.
bool may_be_read_as_file(const std::string& path);

}  // namespace rescuestream
