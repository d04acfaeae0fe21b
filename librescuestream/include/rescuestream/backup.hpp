#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A copy of a database in one file.
struct Backup {
    std::string file;
    std::uint64_t bytes = 0;
    int schema = 0;  ///< Number of the newest migration in it.
};

/// Writes a consistent copy of the whole SQLite database that `uri` (`sqlite:PATH`) names into the
/// new file `target`, or, if `replace`, in place of the file `target`. Other programs can read and
/// write the database meanwhile and do not wait. The copy is verified before it gets its name, has
/// the mode 0600, and is on the disk when this returns. An error leaves `target` as it was.
///
/// kInvalidArgument: `uri` cannot be read, or `target` cannot be created
/// or is a database that may be in use. kUnsupported: `uri` names
/// another kind of storage, which has backup tools of its own. kNotFound: there is no database.
/// kConflict: `target` exists. kUnavailable: the database
/// cannot be read, or the disk is full.
Result<Backup> back_up_database(std::string_view uri, const std::string& target,
                                bool replace = false);

/// What a copy permits although it had ended (revoked, deleted, disabled, closed, rotated, expired)
/// in the database that it replaces.
struct RestoredRights {
    std::vector<std::string> credentials;  ///< Label and id of each.
    std::vector<std::string> stream_keys;  ///< The playback path of each.
    std::size_t guest_links = 0;
    std::size_t revocations_of_tokens = 0;   ///< That the copy does not have.
    std::vector<std::string> playback_keys;  ///< The label and id of each.
    std::vector<std::string> nodes;  ///< Deleted, or with another address or credential since.
    /// What is valid in both, but with other terms in the copy, which may permit more: scopes,
    /// broadcasters, addresses or a later end of a credential; a policy, a path or a later end of a
    /// stream key, or a block that is missing; the PIN, the streams, the limits or a later end of a
    /// guest link (label and id).
    std::vector<std::string> changed_credentials;
    std::vector<std::string> changed_stream_keys;
    std::vector<std::string> changed_guest_links;
    std::vector<std::string> reopened_incidents;  ///< Name and id: open in the copy only.

    bool is_empty() const noexcept {
        return credentials.empty() && stream_keys.empty() && guest_links == 0 &&
               revocations_of_tokens == 0 && playback_keys.empty() && nodes.empty() &&
               changed_credentials.empty() && changed_stream_keys.empty() &&
               changed_guest_links.empty() && reopened_incidents.empty();
    }
};

/// What `restore_database` did.
struct Restored {
    Backup backup;
    std::string replaced;  ///< File name of the previous database; empty: there was none.
    /// Empty: it is not known, because there was no previous database, or it cannot be compared.
    std::optional<RestoredRights> rights;
};

/// Replaces the SQLite database that `uri` names with the copy `source`. The previous database is
/// kept in the same directory, with `.before-restore-TIME` appended to its name. A copy with an
/// older schema is accepted: the next migration updates it. Sessions of browsers are not restored.
///
/// kInvalidArgument: `uri` cannot be read. kUnsupported: it names another kind of storage.
/// kNotFound: no file `source`. kConflict: a program uses the database (the message names it
/// if this system allows), or the copy is newer than this program or was made by other migrations.
/// kUnavailable: `source` is not a complete copy of a RescueStream database, or a file cannot be
/// written; the database is unchanged.
Result<Restored> restore_database(std::string_view uri, const std::string& source, Timestamp now);

}  // namespace rescuestream
