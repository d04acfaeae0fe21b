#pragma once

#include <string>

namespace rescuestream::sqlite {

/// Returns the other processes that have the file open, for people: "rescuestream-server (process
/// 4711)". Empty: there is none, or the system does not show the files of other users' processes.
std::string programs_with(const std::string& path);

}  // namespace rescuestream::sqlite
