#include "storage/postgres/literals.hpp"

#include <charconv>

namespace rescuestream::postgres {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::string literal_of(const std::optional<std::string>& text) {
    if (!text) return " NULL ";
    const bool has_backslash = text->find('\\') != std::string::npos;
    std::string literal = has_backslash ? " E'" : " '";
    literal.reserve(text->size() + 8);
    for (const char c : *text) {
        if (c == '\'' || c == '\\') literal += c;
        literal += c;
    }
    return literal + "'";
}

std::string with_literals(std::string_view statement, const Texts& texts) {
    std::string result;
    bool is_quoted = false;
    for (std::size_t at = 0; at < statement.size();) {
        const char c = statement[at];
        if (c == '\'') is_quoted = !is_quoted;
        if (is_quoted || c != '$' || at + 1 == statement.size() || !is_digit(statement[at + 1])) {
            result += c;
            ++at;
            continue;
        }
        std::size_t number = 0;
        const char* begin = statement.data() + at + 1;
        const auto [end, error] =
            std::from_chars(begin, statement.data() + statement.size(), number);
        result += literal_of(texts.at(number - 1));
        at += 1 + static_cast<std::size_t>(end - begin);
    }
    return result;
}

}  // namespace rescuestream::postgres
