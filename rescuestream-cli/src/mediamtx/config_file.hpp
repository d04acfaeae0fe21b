#pragma once

#include <string>

#include "rescuestream/result.hpp"

namespace rescuestream::cli {

struct WrittenConfig {
    bool changed = false;  ///< False: the file had this content already.
    std::string kept_as;  ///< Path of the copy of the file that was replaced; empty: there is none.
};

/// Returns the configuration with a last line that is a digest of the others, by which an edited
/// file is recognized.
std::string with_digest(const std::string& text);

/// Writes a configuration with its digest, with mode 0600. A file that was edited, and one that
/// this program did not write, is replaced only with `force`, and is then kept as `path`.bak
/// (.bak.2, …). A file that has this content already is not written. kConflict: it is not replaced.
Result<WrittenConfig> write_config_file(const std::string& path, const std::string& text,
                                        bool force);

}  // namespace rescuestream::cli
