#pragma once

#include <string>
#include <vector>

#include "mediamtx/move.hpp"
#include "mediamtx/owner_file.hpp"
#include "rescuestream/result.hpp"
#include "settings/given.hpp"

namespace rescuestream::cli {

/// A setting that a variable of MediaMTX's environment replaces.
struct ReplacedSetting {
    std::string setting;   ///< "apiAddress", "pathDefaults.record"
    std::string variable;  ///< "MTX_APIADDRESS"
    bool is_in_file = false;
};

/// A file as MediaMTX reads it beside its environment. Lines that the file had keep their numbers.
struct FileInForce {
    OwnerFile file;
    std::vector<ReplacedSetting> replaced;
};

/// Replaces the settings that a move to RescueStream is about, and that the environment sets:
/// MTX_APIADDRESS goes before apiAddress, MTX_PATHDEFAULTS_RECORD before pathDefaults.record. Lists
/// of objects and single entries of `paths` are not read. kUnsupported: the file is written in a
/// way that cannot be edited.
Result<FileInForce> with_environment(const OwnerFile& file, const Environment& environment);

/// Says in the findings about replaced settings that a variable sets them, and adds a note for each
/// variable. A merge cannot change such a setting.
void tell_environment(const FileInForce& in_force, Move& move);

}  // namespace rescuestream::cli
