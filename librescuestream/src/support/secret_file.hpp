#pragma once

#include <string>

#include "rescuestream/result.hpp"
#include "rescuestream/secret.hpp"

namespace rescuestream {

/// A secret that a program made for itself and keeps in a file of one line, mode 0600.
struct KeptSecret {
    Secret secret;
    bool made_now = false;           ///< The file was not there before.
    bool open_to_everybody = false;  ///< Its mode lets every user of the machine read or write it.
};

/// kNotFound: there is no such file. kUnavailable: it may not be read, or holds no secret of one
/// line and at most 4 KiB.
Result<KeptSecret> read_kept_secret(const std::string& path);

/// What is in the file; where there is none, it is made with `secret`: whole or not at all, and of
/// several programs that make it at the same time all get the same. Made by root it belongs to the
/// owner of its directory, so that the service that runs as that user can read it. kUnavailable: as
/// above, or it cannot be made.
Result<KeptSecret> keep_secret(const std::string& path, const Secret& secret);

/// Makes the file with `secret`, mode 0600, in place of what is there. kUnavailable: it cannot be
/// made.
Result<void> replace_kept_secret(const std::string& path, const Secret& secret);

/// 43 characters of the base64url alphabet, of 32 random bytes. Throws std::runtime_error if the
/// random source fails.
Secret generate_secret();

}  // namespace rescuestream
