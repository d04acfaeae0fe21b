#pragma once

#include <string>

namespace rescuestream {

/// Gives a new file of root to the owner of its directory; otherwise a service that runs as another
/// user could not use what root has created for it. Does nothing for other users. If it is refused,
/// the file belongs to root, and a program that cannot read it reports that.
void give_to_owner_of_directory(int file, const std::string& path);

/// The same for a file that takes the place of `replaced`, whose owner and group it gets.
/// `replaced` need not exist.
void give_to_owner_of(int file, const std::string& replaced);

}  // namespace rescuestream
