#include "admin/json_reader.hpp"

#include <charconv>

namespace rescuestream::cli {
namespace {

using Value = rapidjson::Value;

// Both functions consume what they match at the beginning of `text`.
bool take(std::string_view& text, std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
}

bool take_count(std::string_view& text, int& count) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

std::optional<Cursor> read_next_cursor(const Value& json) {
    const auto value = read::optional_text(json, "next_cursor");
    if (!value) return std::nullopt;
    const auto cursor = Cursor::decode(*value);
    if (!cursor) read::fail("next_cursor", "is not a cursor");
    return cursor;
}

CreatedKey read_created_key(const Value& json) {
    CreatedKey created;
    created.created.key = fields::read_stream_key(json);
    created.created.value = Secret(read::text(json, "key_value"));
    created.encoder = fields::read_encoder_addresses(read::member(json, "publish"));
    created.viewer = fields::read_viewer_addresses(read::member(json, "playback"));
    return created;
}

RotatedKey read_rotated_key(const Value& json) {
    CreatedKey created = read_created_key(json);
    RotatedKey rotated;
    rotated.rotated.key = std::move(created.created.key);
    rotated.rotated.value = std::move(created.created.value);
    rotated.rotated.cutoff = fields::read_cutoff(read::member(json, "cutoff"));
    rotated.encoder = std::move(created.encoder);
    rotated.viewer = std::move(created.viewer);
    return rotated;
}

StreamWithAddresses read_stream(const Value& json) {
    StreamWithAddresses result;
    result.stream = fields::read_listed_stream(json);
    result.addresses = fields::read_viewer_addresses(read::member(json, "urls"));
    if (const Value* figures = read::find(json, "figures")) {
        result.figures = fields::read_figures(*figures);
    }
    return result;
}

AuditPage read_audit_page(const Value& json) {
    AuditPage page;
    for (const auto& entry : read::array(json, "audit_logs").GetArray()) {
        page.entries.push_back(fields::read_audit_entry(entry));
    }
    const Value& pagination = read::member(json, "pagination");
    page.total = read::count(pagination, "total");
    // A server of an earlier release counts all of them.
    const Value* exact = read::find(pagination, "total_is_exact");
    page.total_is_exact = exact == nullptr || (exact->IsBool() && exact->GetBool());
    return page;
}

CutoffReport read_cutoff_header(std::string_view header) {
    CutoffReport report;
    if (header.empty()) return report;
    const bool is_whole = take(header, "kicked=") && take_count(header, report.kicked) &&
                          take(header, ", pending=") && take_count(header, report.pending);
    if (!is_whole) throw BadValue("header RescueStream-Cutoff is malformed");
    return report;
}

}  // namespace rescuestream::cli
