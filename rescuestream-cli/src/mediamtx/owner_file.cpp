#include "mediamtx/owner_file.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "invalid.hpp"
#include "mediamtx/entry_names.hpp"

namespace rescuestream::cli {
namespace {

constexpr std::size_t kMaxOwnerFileBytes = 4U << 20U;

}  // namespace

OwnerFile::OwnerFile(std::string text, YamlDocument document)
    : text_(std::move(text)), document_(std::move(document)) {}

Result<OwnerFile> OwnerFile::parse(std::string text) {
    if (text.size() > kMaxOwnerFileBytes) return invalid("The file is larger than 4 MiB.");
    auto document = parse_yaml(text);
    if (!document) return std::move(document).error();
    const auto& root = *document->root;
    if (root.kind != YamlNode::Kind::kMapping && !root.is_null()) {
        return invalid("The file is not a mediamtx.yml: it has no settings.");
    }
    return OwnerFile(std::move(text), *std::move(document));
}

const YamlNode* OwnerFile::mapping(std::string_view name) const noexcept {
    const auto* member = setting(name);
    if (member == nullptr || member->value->kind != YamlNode::Kind::kMapping) return nullptr;
    return member->value.get();
}

bool flag_of(const YamlMember* member, bool otherwise) noexcept {
    if (member == nullptr || member->value->kind != YamlNode::Kind::kScalar) return otherwise;
    const auto& text = member->value->text;
    for (const auto* word : {"yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}) {
        if (text == word) return true;
    }
    for (const auto* word : {"no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}) {
        if (text == word) return false;
    }
    return otherwise;
}

std::string word_of(const YamlMember* member, std::string_view otherwise) {
    if (member == nullptr || member->value->kind != YamlNode::Kind::kScalar ||
        member->value->is_null() || member->value->text.empty()) {
        return std::string(otherwise);
    }
    return member->value->text;
}

std::vector<std::string> words_of(const YamlMember* member) {
    std::vector<std::string> words;
    if (member == nullptr) return words;
    for (const auto& item : member->value->items) words.push_back(item->text);
    if (member->value->kind == YamlNode::Kind::kScalar && !member->value->is_null()) {
        words.push_back(member->value->text);
    }
    return words;
}

int port_of(std::string_view address, int otherwise) {
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos) return otherwise;
    int port = 0;
    const char* last = address.data() + address.size();
    const auto [end, error] = std::from_chars(address.data() + colon + 1, last, port);
    return error == std::errc{} && end == last && port > 0 && port < 65536 ? port : otherwise;
}

std::string host_of(std::string_view address) {
    const auto colon = address.rfind(':');
    auto host = address.substr(0, colon == std::string_view::npos ? address.size() : colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return std::string(host);
}

const YamlMember* PathEntry::own(std::string_view setting) const noexcept {
    return member->value->find(setting);
}

const YamlMember* PathEntry::effective(std::string_view setting) const noexcept {
    const auto* found = own(setting);
    return found != nullptr || defaults == nullptr ? found : defaults->find(setting);
}

bool PathEntry::is_catch_all() const noexcept {
    return is_catch_all_entry(name);
}

bool PathEntry::is_pattern() const noexcept {
    return is_catch_all() || name.starts_with('~');
}

std::vector<PathEntry> path_entries(const OwnerFile& file) {
    std::vector<PathEntry> entries;
    if (file.paths() == nullptr) return entries;
    for (const auto& member : file.paths()->members) {
        if (member.key == "<<") continue;
        entries.push_back({member.key, member.line, &member, file.path_defaults()});
    }
    return entries;
}

std::optional<PathEntry> entry_of(const std::vector<PathEntry>& entries, std::string_view name) {
    std::vector<std::string_view> names;
    names.reserve(entries.size());
    for (const auto& entry : entries) names.push_back(entry.name);
    const auto found = entry_for(names, name);
    if (!found) return std::nullopt;
    return entries[*found];
}

bool is_readable_pattern(std::string_view name) {
    return is_readable_expression(name);
}

}  // namespace rescuestream::cli
