// Answers of a media server: each gives complete records, or one clear error without a secret in
// it.
#include "fuzz/fuzz.hpp"
#include "media/mediamtx/reply.hpp"
#include "rescuestream/secret.hpp"
#include "support/text.hpp"

using namespace rescuestream;

namespace {

// Returns false for a refused answer, for which there must be a clear error.
template <class T>
bool read(const Result<T>& result) {
    if (result) return true;
    const Error& error = result.error();
    FUZZ_CHECK(error.code == ErrorCode::kInternal);
    FUZZ_CHECK(!error.message.empty());
    FUZZ_CHECK(redact_key_values(error.message) == error.message);
    FUZZ_CHECK(redact_key_values(error.detail) == error.detail);
    return false;
}

void check_path(const MediaPath& path) {
    FUZZ_CHECK(!path.name.empty() && is_clean_utf8(path.name));
    if (path.source) FUZZ_CHECK(is_clean_utf8(path.source->id.value));
    for (const auto& reader : path.readers) FUZZ_CHECK(is_clean_utf8(reader.type));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body = fuzz::as_text(data, size);
    if (const auto info = mediamtx::read_info(body); read(info)) {
        FUZZ_CHECK(!info->version.empty());
        FUZZ_CHECK(info->version.front() != ' ' && info->version.back() != '\n');
    }
    if (const auto path = mediamtx::read_path(body); read(path)) check_path(*path);
    if (const auto paths = mediamtx::read_path_list(body); read(paths)) {
        for (const auto& path : paths->items) check_path(path);
    }
    for (const auto kind : {ConnectionKind::kRtmp, ConnectionKind::kWebRtc}) {
        if (const auto list = mediamtx::read_connection_list(body, kind); read(list)) {
            for (const auto& connection : list->items) {
                FUZZ_CHECK(connection.kind == kind);
                FUZZ_CHECK(!connection.id.empty() && is_clean_utf8(connection.path));
            }
        }
    }
    if (const auto entries = mediamtx::read_path_entries(body); read(entries)) {
        for (const auto& [entry, start_timeout, close_after] : entries->items) {
            FUZZ_CHECK(!entry.name.empty() && is_clean_utf8(entry.source));
        }
    }
    const std::string error = mediamtx::read_error(body);
    FUZZ_CHECK(redact_key_values(error) == error && is_clean_utf8(error));
    return 0;
}
