#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::cli {

/// The one line of a file that holds a secret, without its line end. `option` is named in errors.
/// kInvalidArgument: not readable, empty, larger than 4 KiB, more than one line.
Result<Secret> read_secret_file(const std::string& path, std::string_view option);

/// The whole of a small text file; empty when it cannot be read.
std::optional<std::string> read_text_file(const std::string& path);

/// Makes the data directory, for its owner alone, where there is none. kInvalidArgument.
Result<void> make_data_directory(const std::string& directory);

/// Makes `path` with `content`, mode 0600, whole or not at all (written beside it and renamed).
Result<void> write_private_file(const std::string& path, std::string_view content,
                                std::string_view option);

/// A file that is made empty, mode 0600, before there is anything to write, so that what exists
/// once cannot be lost to a full disk or a wrong path. Removed again unless `write` was called.
class ReservedFile {
public:
    /// kConflict: the file exists. kInvalidArgument: it cannot be made.
    static Result<ReservedFile> create(const std::string& path, std::string_view option);
    ReservedFile(ReservedFile&& other) noexcept;
    ReservedFile& operator=(ReservedFile&&) = delete;
    ~ReservedFile();

    Result<void> write(std::string_view content);

private:
    ReservedFile(int descriptor, std::string path, std::string option);

    int descriptor_ = -1;
    std::string path_;
    std::string option_;
};

}  // namespace rescuestream::cli
