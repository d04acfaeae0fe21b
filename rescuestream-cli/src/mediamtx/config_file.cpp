#include "mediamtx/config_file.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "files.hpp"
#include "mediamtx/config.hpp"
#include "support/crypto.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::string_view kDigestLine = "# Not edited: ";

enum class Origin { kOurs, kEdited, kForeign };

// A file of an earlier release has no digest, so an edit of it is not recognized.
Origin origin_of(const std::string& content) {
    if (!content.starts_with(mediamtx_config_mark())) return Origin::kForeign;
    const auto line = content.rfind(kDigestLine);
    if (line == std::string::npos) return Origin::kOurs;
    return content == with_digest(content.substr(0, line)) ? Origin::kOurs : Origin::kEdited;
}

Error not_replaced(const std::string& path, Origin origin) {
    const char* const why = origin == Origin::kEdited ? "was edited since this program wrote it"
                                                      : "was not created by this program";
    return {ErrorCode::kConflict,
            fmt::format("{} {}; --force replaces it, and keeps it as {}.bak.", path, why, path),
            "",
            {}};
}

}  // namespace

std::string with_digest(const std::string& text) {
    return fmt::format("{}{}{}\n", text, kDigestLine, to_hex(sha256(text)).substr(0, 32));
}

Result<WrittenConfig> write_config_file(const std::string& path, const std::string& text,
                                        bool force) {
    const auto existing = read_text_file(path);
    WrittenConfig written;
    // Any write, even of the same text, makes MediaMTX read the file again and drop its run-time
    // entries.
    if (existing == text) return written;
    const Origin origin = existing ? origin_of(*existing) : Origin::kOurs;
    if (origin != Origin::kOurs) {
        if (!force) return not_replaced(path, origin);
        auto copy = keep_copy(path, *existing, path + ".bak");
        if (!copy) return std::move(copy).error();
        written.kept_as = *std::move(copy);
    }
    if (auto done = write_private_file(path, text, "--output"); !done) {
        return std::move(done).error();
    }
    written.changed = true;
    return written;
}

}  // namespace rescuestream::cli
