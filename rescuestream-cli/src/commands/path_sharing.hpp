#pragma once

#include <optional>
#include <string>
#include <vector>

#include "admin/admin_api.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream::cli {

/// The keys of a path that are not revoked.
struct PathKeys {
    std::vector<StreamKey> keys;        ///< The highest priority first.
    std::optional<StreamKeyId> holder;  ///< The one that is live.

    bool is_shared() const { return keys.size() > 1; }
};

/// Returns the keys of `path`, and which of them is live.
Result<PathKeys> keys_of_path(AdminApi& admin, const std::string& path);

/// Returns "\"Backup\" (priority 20)". Without a label it is the id.
std::string show_member(const StreamKey& key);

/// Says with whom `own` shares its path, and which key has it.
std::string show_sharing(const PathKeys& path, StreamKeyId own);
/// The same of all keys of the path.
std::string show_sharing(const PathKeys& path);

}  // namespace rescuestream::cli
