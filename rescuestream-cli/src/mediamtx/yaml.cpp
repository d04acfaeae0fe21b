#include "mediamtx/yaml.hpp"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "invalid.hpp"

namespace rescuestream::cli {
namespace {

constexpr int kMaxYamlDepth = 40;

/// The events of libyaml, with the places in bytes: libyaml counts characters.
class YamlEvents {
public:
    explicit YamlEvents(std::string_view text) {
        yaml_parser_initialize(&parser_);
        yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                     text.size());
        // libyaml does not count a byte order mark.
        std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
        for (; start < text.size(); ++start) {
            if ((static_cast<unsigned char>(text[start]) & 0xC0U) != 0x80U) {
                bytes_.push_back(start);
            }
        }
        bytes_.push_back(text.size());
    }
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;
    ~YamlEvents() {
        yaml_event_delete(&event_);
        yaml_parser_delete(&parser_);
    }

    /// Reads the next event, which is valid until the next call.
    Result<const yaml_event_t*> next() {
        yaml_event_delete(&event_);
        if (yaml_parser_parse(&parser_, &event_) == 0) {
            return invalid(
                fmt::format("Line {} is not YAML: {}.", parser_.problem_mark.line + 1,
                            parser_.problem != nullptr ? parser_.problem : "unreadable"));
        }
        return &event_;
    }
    std::size_t byte(const yaml_mark_t& mark) const {
        return bytes_[std::min(mark.index, bytes_.size() - 1)];
    }
    YamlSpan span() const { return {byte(event_.start_mark), byte(event_.end_mark)}; }
    int line() const { return static_cast<int>(event_.start_mark.line) + 1; }

private:
    std::vector<std::size_t> bytes_;  // of each character
    yaml_parser_t parser_{};
    yaml_event_t event_{};
};

// A node and how it stands where it is used.
struct Parsed {
    std::shared_ptr<YamlNode> node;
    YamlSpan span;
    bool is_shared = false;
};

std::string_view text_of(const yaml_char_t* text) {
    return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

class YamlBuilder {
public:
    explicit YamlBuilder(std::string_view text) : events_(text) {}

    Result<YamlDocument> build(std::size_t text_size) {
        auto nothing = std::make_shared<YamlNode>();
        nothing->is_plain = true;
        YamlDocument document{std::move(nothing), text_size};
        bool found = false;
        while (true) {
            const auto event = events_.next();
            if (!event) return event.error();
            switch ((*event)->type) {
                case YAML_STREAM_END_EVENT:
                    return document;
                case YAML_STREAM_START_EVENT:
                    break;
                case YAML_DOCUMENT_START_EVENT:
                    if (found) {
                        return invalid(fmt::format(
                            "Line {} begins a second YAML document; MediaMTX reads one.",
                            events_.line()));
                    }
                    found = true;
                    break;
                case YAML_DOCUMENT_END_EVENT:
                    if ((*event)->data.document_end.implicit == 0) {
                        document.end = events_.span().begin;
                    }
                    break;
                default: {
                    auto parsed = node(**event, 0);
                    if (!parsed) return parsed.error();
                    document.root = parsed->node;
                }
            }
        }
    }

private:
    Result<Parsed> next_node(int depth) {
        const auto event = events_.next();
        if (!event) return event.error();
        return node(**event, depth);
    }

    // Reads the node that begins with `event`.
    Result<Parsed> node(const yaml_event_t& event, int depth) {
        if (depth > kMaxYamlDepth) {
            return invalid(fmt::format("Line {} is nested too deeply.", events_.line()));
        }
        switch (event.type) {
            case YAML_ALIAS_EVENT:
                return alias(event);
            case YAML_SCALAR_EVENT:
                return scalar(event);
            case YAML_SEQUENCE_START_EVENT:
                return sequence(event, depth);
            case YAML_MAPPING_START_EVENT:
                return mapping(event, depth);
            default:
                return invalid(fmt::format("Line {} is not understood.", events_.line()));
        }
    }

    Result<Parsed> alias(const yaml_event_t& event) {
        const std::string name(text_of(event.data.alias.anchor));
        const auto found = anchors_.find(name);
        if (found == anchors_.end()) {
            return invalid(fmt::format("Line {} refers to *{}, which is not defined before it.",
                                       events_.line(), name));
        }
        return Parsed{found->second, events_.span(), true};
    }

    Result<Parsed> scalar(const yaml_event_t& event) {
        Parsed parsed = begin(event.data.scalar.anchor, event.data.scalar.tag);
        const auto& data = event.data.scalar;
        parsed.node->text.assign(reinterpret_cast<const char*>(data.value), data.length);
        parsed.node->is_plain = data.style == YAML_PLAIN_SCALAR_STYLE;
        return finish(std::move(parsed), text_of(event.data.scalar.anchor));
    }

    Result<Parsed> sequence(const yaml_event_t& event, int depth) {
        const auto& data = event.data.sequence_start;
        const std::string anchor(text_of(data.anchor));
        Parsed parsed = begin(data.anchor, data.tag);
        parsed.node->kind = YamlNode::Kind::kSequence;
        parsed.node->is_block = data.style != YAML_FLOW_SEQUENCE_STYLE;
        while (true) {
            const auto next = events_.next();
            if (!next) return next.error();
            if ((*next)->type == YAML_SEQUENCE_END_EVENT) break;
            const auto item = node(**next, depth + 1);
            if (!item) return item.error();
            parsed.node->items.push_back(item->node);
            parsed.span.end = item->span.end;
        }
        if (!parsed.node->is_block) parsed.span.end = events_.span().end;
        return finish(std::move(parsed), anchor);
    }

    Result<Parsed> mapping(const yaml_event_t& event, int depth) {
        const auto& data = event.data.mapping_start;
        const std::string anchor(text_of(data.anchor));
        Parsed parsed = begin(data.anchor, data.tag);
        parsed.node->kind = YamlNode::Kind::kMapping;
        parsed.node->is_block = data.style != YAML_FLOW_MAPPING_STYLE;
        while (true) {
            const auto next = events_.next();
            if (!next) return next.error();
            if ((*next)->type == YAML_MAPPING_END_EVENT) break;
            auto member = this->member(**next, *parsed.node, depth);
            if (!member) return member.error();
            parsed.span.end = member->value_span.end;
            parsed.node->members.push_back(*std::move(member));
        }
        if (!parsed.node->is_block) parsed.span.end = events_.span().end;
        return finish(std::move(parsed), anchor);
    }

    Result<YamlMember> member(const yaml_event_t& event, const YamlNode& mapping, int depth) {
        if (event.type != YAML_SCALAR_EVENT) {
            return invalid(fmt::format("Line {} has a key that is not a word.", events_.line()));
        }
        YamlMember member;
        member.key.assign(reinterpret_cast<const char*>(event.data.scalar.value),
                          event.data.scalar.length);
        member.key_span = events_.span();
        member.line = events_.line();
        for (const auto& other : mapping.members) {
            if (other.key == member.key) {
                return invalid(fmt::format("Line {} has the key {} again, which line {} has.",
                                           member.line, member.key, other.line));
            }
        }
        auto value = next_node(depth + 1);
        if (!value) return value.error();
        member.value = value->node;
        member.value_span = value->span;
        member.is_shared = value->is_shared;
        return member;
    }

    Parsed begin(const yaml_char_t* anchor, const yaml_char_t* tag) const {
        Parsed parsed{std::make_shared<YamlNode>(), events_.span(),
                      anchor != nullptr || tag != nullptr};
        parsed.node->line = events_.line();
        return parsed;
    }

    Result<Parsed> finish(Parsed parsed, std::string_view anchor) {
        parsed.node->span = parsed.span;
        if (!anchor.empty()) anchors_[std::string(anchor)] = parsed.node;
        return parsed;
    }

    YamlEvents events_;
    std::map<std::string, std::shared_ptr<YamlNode>> anchors_;
};

}  // namespace

bool YamlNode::is_null() const noexcept {
    return kind == Kind::kScalar && is_plain &&
           (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

const YamlMember* YamlNode::find(std::string_view key) const noexcept {
    for (const auto& member : members) {
        if (member.key == key) return &member;
    }
    const auto from = [&](const YamlNode& other) {
        return &other == this ? nullptr : other.find(key);
    };
    for (const auto& member : members) {
        if (member.key != "<<") continue;
        if (const auto* found = from(*member.value)) return found;
        for (const auto& item : member.value->items) {
            if (const auto* found = from(*item)) return found;
        }
    }
    return nullptr;
}

Result<YamlDocument> parse_yaml(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return invalid("The file is not in UTF-8.");
    }
    YamlBuilder builder(text);
    return builder.build(text.size());
}

}  // namespace rescuestream::cli
