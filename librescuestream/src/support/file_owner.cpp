#include "support/file_owner.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace rescuestream {
namespace {

void give(int file, const struct stat& owner) {
    [[maybe_unused]] const int ignored = ::fchown(file, owner.st_uid, owner.st_gid);
}

}  // namespace

void give_to_owner_of_directory(int file, const std::string& path) {
    if (::geteuid() != 0) return;
    struct stat directory {};
    const std::string parent = std::filesystem::absolute(path).parent_path().string();
    if (::stat(parent.c_str(), &directory) == 0) give(file, directory);
}

void give_to_owner_of(int file, const std::string& replaced) {
    if (::geteuid() != 0) return;
    struct stat status {};
    if (::stat(replaced.c_str(), &status) == 0) {
        give(file, status);
    } else {
        give_to_owner_of_directory(file, replaced);
    }
}

}  // namespace rescuestream
