#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/audit_chain.hpp"

namespace rescuestream {

/// Returns the entries of a seal as one text: base64url of 48 bytes for each entry, its id and
/// digest.
std::string write_sealed_entries(const std::vector<SealedEntry>& entries);

/// Reads it. A text that was changed gives other entries, or none; the digest of the seal shows it.
std::vector<SealedEntry> read_sealed_entries(std::string_view text);

}  // namespace rescuestream
