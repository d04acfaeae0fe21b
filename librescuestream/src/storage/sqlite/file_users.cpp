#include "storage/sqlite/file_users.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace rescuestream::sqlite {
namespace {

namespace fs = std::filesystem;

bool has_open(const fs::path& process, const struct stat& file) {
    std::error_code error;
    for (fs::directory_iterator each(process / "fd", error), end; !error && each != end;
         each.increment(error)) {
        struct stat opened {};
        if (::stat(each->path().c_str(), &opened) == 0 && opened.st_dev == file.st_dev &&
            opened.st_ino == file.st_ino) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string programs_with(const std::string& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0) return {};
    std::string programs;
    std::error_code error;
    for (fs::directory_iterator each("/proc", error), end; !error && each != end;
         each.increment(error)) {
        const std::string id = each->path().filename().string();
        const bool is_process = std::all_of(
            id.begin(), id.end(), [](char digit) { return digit >= '0' && digit <= '9'; });
        if (!is_process || id == std::to_string(::getpid()) || !has_open(each->path(), file)) {
            continue;
        }
        std::string name;
        std::getline(std::ifstream(each->path() / "comm"), name);
        // The kernel cuts a name off after 15 characters.
        if (name == std::string("rescuestream-server").substr(0, 15)) {
            std::ifstream words(each->path() / "cmdline");
            std::string first;
            std::getline(words, first, '\0');
            if (!first.empty()) name = fs::path(first).filename().string();
        }
        programs += (programs.empty() ? "" : " and ") + name + " (process " + id + ")";
    }
    return programs;
}

}  // namespace rescuestream::sqlite
