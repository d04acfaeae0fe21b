#include "support/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace rescuestream {
namespace {

class Opened {
public:
    // A named pipe would otherwise be waited for until somebody writes to it.
    explicit Opened(const std::string& path)
        : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    ~Opened() {
        if (number_ >= 0) ::close(number_);
    }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    int get() const noexcept { return number_; }

private:
    const int number_;
};

Error unreadable(int number) {
    const auto code = number == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable;
    return {code, "cannot be read (" + std::generic_category().message(number) + ")", {}, {}};
}

Error refused(std::string why) {
    return {ErrorCode::kUnavailable, std::move(why), {}, {}};
}

}  // namespace

Result<RegularFile> read_regular_file(const std::string& path, std::size_t max_bytes) {
    const Opened file(path);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return unreadable(errno);
    if (!S_ISREG(status.st_mode)) return refused("is no ordinary file");
    RegularFile read;
    read.mode = status.st_mode & 07777U;
    std::array<char, 16 * 1024> buffer{};
    // A file of /proc has no size, and one that is being written grows.
    while (read.content.size() <= max_bytes) {
        const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return unreadable(errno);
        if (size == 0) return read;
        read.content.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return refused("is larger than " + std::to_string(max_bytes) + " bytes");
}

bool may_be_read_as_file(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

}  // namespace rescuestream
