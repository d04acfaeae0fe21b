#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream::cli {

/// Reads the one line of a file that contains a secret, without its line end. Errors name `option`.
/// kInvalidArgument: the file is not readable, is empty, is larger than 4 KiB, or has more than one
/// line.
Result<Secret> read_secret_file(const std::string& path, std::string_view option);

/// Returns a sentence if every user of the machine can read or change the file, without a full
/// stop; empty: they cannot, or it is a secret of a container.
std::string warning_about_secret_file(const std::string& path, std::string_view option);

/// Reads a small text file. Returns nothing when it cannot be read.
std::optional<std::string> read_text_file(const std::string& path);

/// Creates the data directory, accessible to its owner only, unless it exists. Returns
/// kInvalidArgument when it cannot.
Result<void> make_data_directory(const std::string& directory);

/// Writes `path` with `content`, mode 0600, atomically (it is written under another name and
/// renamed).
Result<void> write_private_file(const std::string& path, std::string_view content,
                                std::string_view option);

/// Does the same for a file that exists and belongs to somebody else: its mode and owner stay.
Result<void> replace_file(const std::string& path, std::string_view content,
                          std::string_view option);

/// Keeps `content`, that of the file `path`, in the file `copy`, with the mode of `path`. If that
/// exists, ".2" and so on is appended: no copy is ever overwritten. Returns the name of the copy.
Result<std::string> keep_copy(const std::string& path, std::string_view content,
                              const std::string& copy);

/// A file that is created empty, mode 0600, before its content exists, so that content that exists
/// only once cannot be lost to a full disk or a wrong path. The destructor removes the file unless
/// `write` was called.
class ReservedFile {
public:
    /// kConflict: the file exists. kInvalidArgument: it cannot be created.
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
