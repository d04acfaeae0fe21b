#include "journal.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace rescuestream::server {

bool is_journal(int descriptor, const char* stream) {
    if (stream == nullptr) return false;
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) return false;
    return stream == fmt::format("{}:{}", status.st_dev, status.st_ino);
}

std::string_view journal_priority(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::kDebug:
            return "<7>";
        case LogLevel::kInfo:
            return "<6>";
        case LogLevel::kWarning:
            return "<4>";
        case LogLevel::kError:
            return "<3>";
    }
    return "<6>";
}

}  // namespace rescuestream::server
