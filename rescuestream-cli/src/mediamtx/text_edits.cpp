#include "mediamtx/text_edits.hpp"

#include <algorithm>

namespace rescuestream::cli {
namespace {

bool is_in_brackets(const YamlNode& mapping) {
    return mapping.kind == YamlNode::Kind::kMapping && !mapping.is_block;
}

// Joins lines for a mapping in brackets, which has no place for comments.
std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines) {
        if (line.empty() || line.starts_with('#')) continue;
        out += (out.empty() ? "" : ", ") + line;
    }
    return out;
}

// Adds members behind the last one, or behind the opening bracket.
std::vector<TextEdit> add_in_brackets(const YamlNode& mapping,
                                      const std::vector<std::string>& lines) {
    const bool is_empty = mapping.members.empty();
    const auto place = is_empty ? mapping.span.begin + 1 : mapping.members.back().value_span.end;
    return {{place, place, (is_empty ? "" : ", ") + joined(lines)}};
}

}  // namespace

std::string apply_edits(std::string_view text, std::vector<TextEdit> edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& left, const TextEdit& right) {
        return left.begin < right.begin;
    });
    std::string out;
    std::size_t position = 0;
    for (const auto& edit : edits) {
        out += text.substr(position, edit.begin - position);
        out += edit.replacement;
        position = edit.end;
    }
    return out + std::string(text.substr(position));
}

FileEditor::FileEditor(const OwnerFile& file)
    : file_(file),
      text_(file.text()),
      newline_(text_.find("\r\n") == std::string_view::npos ? "\n" : "\r\n") {}

std::size_t FileEditor::line_start(std::size_t position) const {
    if (position == 0) return 0;
    const auto before = text_.rfind('\n', position - 1);
    return before == std::string_view::npos ? 0 : before + 1;
}

// Returns the place behind the line end.
std::size_t FileEditor::line_end(std::size_t position) const {
    // The content of a block scalar ends behind its last line end.
    if (position > 0 && text_[position - 1] == '\n') return position;
    const auto end = text_.find('\n', position);
    return end == std::string_view::npos ? text_.size() : end + 1;
}

std::vector<TextEdit> FileEditor::comment_lines(std::size_t begin, std::size_t end) const {
    std::vector<TextEdit> edits;
    for (auto start = begin; start < end; start = line_end(start + 1)) {
        const auto first = text_.find_first_not_of(" ", start);
        if (first == std::string_view::npos || first >= end) break;
        if (text_[first] != '#' && text_[first] != '\n' && text_[first] != '\r') {
            edits.push_back({first, first, "# "});
        }
        if (line_end(start + 1) <= start) break;
    }
    return edits;
}

std::vector<TextEdit> FileEditor::set_value(const YamlMember& member,
                                            std::string_view value) const {
    if (member.is_shared) return {};
    const auto& span = member.value_span;
    const bool is_multi_line =
        text_.substr(span.begin, span.end - span.begin).find('\n') != std::string_view::npos;
    if (member.value->is_block || is_multi_line) {
        // The value's first line may be that of the key ("key: >").
        const auto after_key = text_.find(':', member.key_span.end) + 1;
        const auto first_line = line_end(member.key_span.end);
        auto edits = comment_lines(first_line, line_end(span.end));
        const bool starts_behind_key = span.begin < first_line;
        const auto replaced_end =
            starts_behind_key ? text_.find_last_not_of("\r\n", first_line - 1) + 1 : after_key;
        edits.push_back({after_key, replaced_end, " " + std::string(value)});
        return edits;
    }
    const bool is_empty = span.begin == span.end;
    return {{span.begin, span.end, (is_empty ? " " : "") + std::string(value)}};
}

std::vector<TextEdit> FileEditor::replace(const YamlMember& member, std::string_view key,
                                          std::string_view value) const {
    auto edits = set_value(member, value);
    if (!edits.empty()) {
        edits.push_back({member.key_span.begin, member.key_span.end, std::string(key)});
    }
    return edits;
}

std::vector<TextEdit> FileEditor::comment_out(const YamlMember& member) const {
    if (member.is_shared || !file_.root().is_block) return {};
    return comment_lines(line_start(member.key_span.begin), line_end(member.value_span.end));
}

std::vector<TextEdit> FileEditor::add_to(std::string_view name,
                                         const std::vector<std::string>& lines) const {
    const auto* setting = file_.setting(name);
    if (setting == nullptr) {
        if (is_in_brackets(file_.root())) {
            return append({std::string(name) + ": {" + joined(lines) + "}"});
        }
        std::vector<std::string> indented{std::string(name) + ":"};
        for (const auto& line : lines) indented.push_back("  " + line);
        return append(indented);
    }
    if (setting->is_shared) return {};
    const auto& mapping = *setting->value;
    const auto insert = [&](std::size_t place, std::size_t indentation) -> std::vector<TextEdit> {
        std::string added = place > 0 && text_[place - 1] != '\n' ? newline_ : "";
        for (const auto& line : lines) added += std::string(indentation, ' ') + line + newline_;
        return {{place, place, added}};
    };
    if (mapping.is_null()) {
        // A value that is written out ("~") gives way.
        auto edits = insert(line_end(setting->key_span.end), 2);
        const auto& span = setting->value_span;
        if (span.begin != span.end) edits.push_back({span.begin, span.end, ""});
        return edits;
    }
    if (mapping.kind != YamlNode::Kind::kMapping) return {};
    if (mapping.is_block) {
        const auto first = mapping.members.front().key_span.begin;
        return insert(line_end(mapping.members.back().value_span.end), first - line_start(first));
    }
    return add_in_brackets(mapping, lines);
}

std::vector<TextEdit> FileEditor::append(const std::vector<std::string>& lines) const {
    const auto& root = file_.root();
    if (is_in_brackets(root)) return add_in_brackets(root, lines);
    const auto place = file_.end();
    // Keys of one mapping stand in one column.
    const auto first = root.members.empty() ? 0 : root.members.front().key_span.begin;
    const std::size_t indentation = first - line_start(first);
    std::string added = place > 0 && text_[place - 1] != '\n' ? newline_ : "";
    for (const auto& line : lines) {
        added += (line.empty() ? "" : std::string(indentation, ' ') + line) + newline_;
    }
    return {{place, place, added}};
}

}  // namespace rescuestream::cli
