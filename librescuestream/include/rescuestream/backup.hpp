#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A copy of a database in one file.
struct Backup {
    std::string file;
    std::uint64_t bytes = 0;
    int schema = 0;  ///< Number of the newest migration in it.
};

/// Writes the whole SQLite database that `uri` (`sqlite:PATH`) names into the new file `target`, as
/// it is at one moment. Programs that use the database are not disturbed: nobody waits, readers and
/// writers go on. The copy is checked before it gets its name, has the mode 0600 and is on the disk
/// when this returns; when it fails there is no file of that name.
///
/// kInvalidArgument: `uri` cannot be read, or `target` cannot be made. kUnsupported: it names
/// another kind of storage, which has tools of its own. kNotFound: there is no database. kConflict:
/// `target` exists. kUnavailable: the database cannot be read, or the disk is full.
Result<Backup> back_up_database(std::string_view uri, const std::string& target);

/// What `restore_database` did.
struct Restored {
    Backup backup;
    std::string replaced;  ///< Where the database from before lies now; empty: there was none.
};

/// Puts the copy `source` in the place of the SQLite database that `uri` names. The database from
/// before is kept beside it, under its name with `.before-restore-TIME` behind it. A copy of an
/// older schema is good: the next program that migrates brings it up to date.
///
/// kInvalidArgument: `uri` cannot be read. kUnsupported: it names another kind of storage.
/// kNotFound: no file `source`. kConflict: a program uses the database, or the copy is newer than
/// this program. kUnavailable: `source` is no whole copy of a database of ours, or a file cannot be
/// written; the database is what it was.
Result<Restored> restore_database(std::string_view uri, const std::string& source, Timestamp now);

}  // namespace rescuestream
