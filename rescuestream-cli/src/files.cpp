#include "files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "support/regular_file.hpp"
#include "support/secret_file.hpp"
#include "support/write_error.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::size_t kMaxSecretFileBytes = 4096;
// More than every file that this program reads.
constexpr std::size_t kMaxTextFileBytes = 16U << 20U;

Error file_error(std::string_view option, const std::string& path, std::string_view what) {
    return {ErrorCode::kInvalidArgument, fmt::format("{}: {} {}.", option, path, what), "", {}};
}

// Adds the system's reason from errno.
Error write_error(std::string_view option, const std::string& path, std::string_view what) {
    const int reason = errno;
    Error error = file_error(option, path, fmt::format("{} ({})", what, std::strerror(reason)));
    if (is_shortage_of_room(reason)) error.code = ErrorCode::kStorageFull;
    return error;
}

Result<void> write_all(int descriptor, std::string_view content, std::string_view option,
                       const std::string& path) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            return write_error(option, path, "cannot be written");
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor) != 0 && errno != EINVAL) {
        return write_error(option, path, "cannot be written");
    }
    return {};
}

// Writes the file under another name and renames it. `prepare` receives its descriptor before it
// gets its name, and returns false with errno set when it fails.
template <class Prepare>
Result<void> write_by_renaming(const std::string& path, std::string_view content,
                               std::string_view option, Prepare&& prepare) {
    std::string temporary = path + ".XXXXXX";
    const int descriptor = ::mkstemp(temporary.data());  // mode 0600
    if (descriptor < 0) {
        return write_error(option, path, "cannot be created");
    }
    auto written = write_all(descriptor, content, option, path);
    if (written && !prepare(descriptor)) {
        written = write_error(option, path, "cannot get the owner and mode that it has");
    }
    if (::close(descriptor) != 0 && written) {
        written = write_error(option, path, "cannot be written");
    }
    if (written && std::rename(temporary.c_str(), path.c_str()) != 0) {
        written = write_error(option, path, "cannot be replaced");
    }
    if (!written) ::unlink(temporary.c_str());
    return written;
}

}  // namespace

std::optional<std::string> read_text_file(const std::string& path) {
    auto read = read_regular_file(path, kMaxTextFileBytes);
    if (!read) return std::nullopt;
    return std::move(read->content);
}

Result<Secret> read_secret_file(const std::string& path, std::string_view option) {
    auto read = read_regular_file(path, kMaxTextFileBytes);
    if (!read) return file_error(option, path, read.error().message);
    std::string& text = read->content;
    if (text.size() > kMaxSecretFileBytes) {
        return file_error(option, path, "is larger than 4 KiB, so it is not a secret");
    }
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return file_error(option, path, "is empty");
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return file_error(option, path, "must hold one line without control characters");
        }
    }
    return Secret(std::move(text));
}

std::string warning_about_secret_file(const std::string& path, std::string_view option) {
    if (path.empty() || !is_open_secret_file(path)) return {};
    return fmt::format(
        "Every user of this machine can read or change {} ({}): set the file's mode to 0600, and "
        "replace what is in it",
        path, option);
}

Result<void> make_data_directory(const std::string& directory) {
    namespace fs = std::filesystem;
    std::error_code error;
    if (fs::create_directories(directory, error) && !error) {
        fs::permissions(directory, fs::perms::owner_all, error);
    }
    if (!error) return {};
    return Error{
        is_shortage_of_room(error.value()) ? ErrorCode::kStorageFull : ErrorCode::kInvalidArgument,
        fmt::format("The data directory {} cannot be created: set DATA_DIR or DATABASE_URL.",
                    directory),
        error.message(),
        {}};
}

Result<void> write_private_file(const std::string& path, std::string_view content,
                                std::string_view option) {
    return write_by_renaming(path, content, option, [](int) { return true; });
}

Result<void> replace_file(const std::string& path, std::string_view content,
                          std::string_view option) {
    struct stat before {};
    if (::stat(path.c_str(), &before) != 0) return write_error(option, path, "cannot be read");
    return write_by_renaming(path, content, option, [&](int descriptor) {
        const bool has_owner = ::fchown(descriptor, before.st_uid, before.st_gid) == 0;
        return has_owner && ::fchmod(descriptor, before.st_mode & 07777U) == 0;
    });
}

Result<std::string> keep_copy(const std::string& path, std::string_view content,
                              const std::string& copy) {
    constexpr int kMostCopies = 1'000;
    for (int number = 1; number < kMostCopies; ++number) {
        const auto name = number == 1 ? copy : fmt::format("{}.{}", copy, number);
        auto reserved = ReservedFile::create(name, "The copy");
        if (!reserved && reserved.error().code == ErrorCode::kConflict) continue;
        if (!reserved) return reserved.error();
        if (auto written = reserved->write(content); !written) return std::move(written).error();
        struct stat original {};
        if (::stat(path.c_str(), &original) == 0) {
            ::chmod(name.c_str(), original.st_mode & 07777U);
        }
        return name;
    }
    return file_error("The copy", copy, "exists too often");
}

Result<ReservedFile> ReservedFile::create(const std::string& path, std::string_view option) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST) {
        return Error{ErrorCode::kConflict,
                     fmt::format("{}: {} exists and is not overwritten.", option, path),
                     "",
                     {}};
    }
    if (descriptor < 0) {
        return write_error(option, path, "cannot be created");
    }
    return ReservedFile(descriptor, path, std::string(option));
}

ReservedFile::ReservedFile(int descriptor, std::string path, std::string option)
    : descriptor_(descriptor), path_(std::move(path)), option_(std::move(option)) {}

ReservedFile::ReservedFile(ReservedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      option_(std::move(other.option_)) {}

ReservedFile::~ReservedFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(path_.c_str());
}

Result<void> ReservedFile::write(std::string_view content) {
    auto written = write_all(descriptor_, content, option_, path_);
    if (written) ::close(std::exchange(descriptor_, -1));
    return written;
}

}  // namespace rescuestream::cli
