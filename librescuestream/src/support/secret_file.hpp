#pragma once

#include <string>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// A secret that a program generated and keeps in a file of one line with mode 0600.
struct KeptSecret {
    Secret secret;
    bool made_now = false;           ///< The file was created by this call.
    bool open_to_everybody = false;  ///< Its mode lets every user of the machine read or write it.
};

/// Reads the file. kNotFound: it does not exist. kUnavailable: it cannot be read, or does not
/// contain a secret of one line and at most 4 KiB.
Result<KeptSecret> read_kept_secret(const std::string& path);

/// Reads the file, or creates it with `secret` if it does not exist. It is created atomically, and
/// several programs that create it at the same time all get the same secret. A file that root
/// creates belongs to the owner of its directory, so that a service that runs as that user can read
/// it. kUnavailable: as above, or the file cannot be created.
Result<KeptSecret> keep_secret(const std::string& path, const Secret& secret);

/// Creates or replaces the file with `secret` and mode 0600. kUnavailable: it cannot be created.
Result<void> replace_kept_secret(const std::string& path, const Secret& secret);

/// Whether the path is in a directory in which containers get their secrets, which are readable for
/// every user *of the container*.
bool is_container_secret(std::string_view path);

/// Whether every user of the machine can read or change the file, unless it is a container's.
bool is_open_secret_file(const std::string& path);

/// Returns 43 characters of the base64url alphabet that encode 32 random bytes. Throws
/// std::runtime_error if the random source fails.
Secret generate_secret();

}  // namespace rescuestream
