#include "support/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "rescuestream/random_source.hpp"
#include "support/crypto.hpp"
#include "support/file_owner.hpp"
#include "support/regular_file.hpp"
#include "support/write_error.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kMaxBytes = 4'096;

Error unusable(const std::string& path, const std::string& why,
               ErrorCode code = ErrorCode::kUnavailable) {
    return {code, fmt::format("The file {} cannot be used: {}.", path, why), {}, {}};
}

// `number` is the system's errno.
Error unusable(const std::string& path, int number) {
    return unusable(
        path, std::generic_category().message(number),
        is_shortage_of_room(number) ? ErrorCode::kStorageFull : ErrorCode::kUnavailable);
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const noexcept { return number_; }

private:
    const int number_;
};

// A temporary file with this content beside `path`, removed in the destructor.
class Aside {
public:
    Aside(std::string path, const Secret& secret) : path_(path + ".XXXXXX") {
        const Descriptor file(::mkstemp(path_.data()));  // mode 0600
        if (file.get() < 0) {
            failed_ = errno;
            return;
        }
        made_ = true;
        give_to_owner_of_directory(file.get(), path);
        const std::string line = secret.reveal() + "\n";
        const bool written =
            ::write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
            ::fsync(file.get()) == 0;
        if (!written) failed_ = errno != 0 ? errno : EIO;
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;
    ~Aside() {
        if (made_) ::unlink(path_.c_str());
    }
    int failed() const noexcept { return failed_; }
    const std::string& path() const noexcept { return path_; }
    void is_moved() noexcept { made_ = false; }

private:
    std::string path_;
    bool made_ = false;
    int failed_ = 0;
};

}  // namespace

Result<KeptSecret> read_kept_secret(const std::string& path) {
    auto read = read_regular_file(path, kMaxBytes);
    if (!read && read.error().code == ErrorCode::kNotFound) {
        return Error{ErrorCode::kNotFound, fmt::format("There is no file {}.", path), {}, {}};
    }
    if (!read) return unusable(path, "it " + read.error().message);
    std::string& text = read->content;
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty() || text.size() > kMaxBytes ||
        text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        return unusable(path, "it must hold a secret of one line");
    }
    KeptSecret kept;
    kept.secret = Secret(std::move(text));
    kept.open_to_everybody = (read->mode & S_IRWXO) != 0;
    return kept;
}

Result<KeptSecret> keep_secret(const std::string& path, const Secret& secret) {
    auto found = read_kept_secret(path);
    if (found || found.error().code != ErrorCode::kNotFound) return found;
    const Aside aside(path, secret);
    if (aside.failed() != 0) return unusable(path, aside.failed());
    // Created by link(2), so that another program sees the complete file or none.
    if (::link(aside.path().c_str(), path.c_str()) == 0) return KeptSecret{secret, true, false};
    if (errno == EEXIST) return read_kept_secret(path);
    return unusable(path, errno);
}

Result<void> replace_kept_secret(const std::string& path, const Secret& secret) {
    Aside aside(path, secret);
    if (aside.failed() != 0) return unusable(path, aside.failed());
    if (::rename(aside.path().c_str(), path.c_str()) != 0) return unusable(path, errno);
    aside.is_moved();
    return {};
}

bool is_container_secret(std::string_view path) {
    return path.starts_with("/run/secrets/") || path.starts_with("/var/run/secrets/");
}

bool is_open_secret_file(const std::string& path) {
    struct stat status {};
    return !is_container_secret(path) && ::stat(path.c_str(), &status) == 0 &&
           (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

Secret generate_secret() {
    std::array<std::uint8_t, 32> bytes{};
    system_random().fill(bytes);
    return Secret(base64url_encode(bytes));
}

}  // namespace rescuestream
