#include "full_disk/small_disk.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace rescuestream::testing {

SmallDisk::SmallDisk(std::size_t megabytes) {
    const std::string options = "size=" + std::to_string(megabytes) + "m,mode=0755";
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, options.c_str()) != 0) {
        throw std::runtime_error(std::string("cannot mount a tmpfs: ") + std::strerror(errno));
    }
}

SmallDisk::~SmallDisk() {
    // Lazily, because a program that has just ended may still have a file open there.
    ::umount2(path().c_str(), MNT_DETACH);
}

bool SmallDisk::is_possible() {
    try {
        const SmallDisk disk(1);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

void SmallDisk::fill() {
    const int descriptor =
        ::open(file("ballast").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) throw std::runtime_error("cannot fill the disk");
    const std::array<char, 4096> block{};
    while (::write(descriptor, block.data(), block.size()) > 0) {
    }
    const int why = errno;
    ::close(descriptor);
    if (why != ENOSPC) throw std::runtime_error("the disk is not full after writing to it");
}

void SmallDisk::make_room() {
    ::unlink(file("ballast").c_str());
}

}  // namespace rescuestream::testing
