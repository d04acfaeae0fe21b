#include "storage/sql/statement_span.hpp"

#include <algorithm>
#include <exception>
#include <vector>

namespace rescuestream::sql {
namespace {

bool is_word_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
}

// Splits a statement into words and single characters, without texts in quotes.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        std::size_t length = 1;
        if (text.front() == '\'') {
            length = std::min(text.find('\'', 1), text.size() - 1) + 1;
        } else if (is_word_character(text.front())) {
            while (length < text.size() && is_word_character(text[length])) ++length;
            words.push_back(text.substr(0, length));
        } else if (text.front() != ' ' && text.front() != '\n') {
            words.push_back(text.substr(0, 1));
        }
        text.remove_prefix(length);
    }
    return words;
}

StatementName named(std::string_view operation, std::string_view table) {
    const auto dot = table.rfind('.');
    if (dot != std::string_view::npos) table.remove_prefix(dot + 1);  // the schema
    StatementName name{std::string(operation), std::string(table), std::string(operation)};
    if (!table.empty()) (name.summary += ' ') += table;
    return name;
}

class StatementWords {
public:
    explicit StatementWords(std::string_view statement) : words_(words_of(statement)) {}

    StatementName name() const {
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if (is_change(i)) return named(words_[i], at(words_[i] == "UPDATE" ? i + 1 : i + 2));
        }
        const bool reads = std::find(words_.begin(), words_.end(), "SELECT") != words_.end();
        if (!reads) return named(at(0), {});
        const std::string_view own = first_source(true);
        return named("SELECT", own.empty() ? first_source(false) : own);
    }

private:
    std::string_view at(std::size_t i) const {
        return i < words_.size() ? words_[i] : std::string_view();
    }

    bool is_change(std::size_t i) const {
        if (words_[i] == "INSERT") return at(i + 1) == "INTO";
        if (words_[i] == "DELETE") return at(i + 1) == "FROM";
        if (words_[i] != "UPDATE") return false;
        // Not the locks of a SELECT, and not what an INSERT does on a conflict.
        const std::string_view before = i == 0 ? std::string_view() : words_[i - 1];
        return before != "FOR" && before != "KEY" && before != "DO" && at(i + 1) != "SET";
    }

    // Returns the first table of a FROM or JOIN: with `outermost`, outside of parentheses.
    std::string_view first_source(bool outermost) const {
        int depth = 0;
        for (std::size_t i = 0; i < words_.size(); ++i) {
            if (words_[i] == "(") ++depth;
            if (words_[i] == ")") --depth;
            if (outermost && depth > 0) continue;
            if (words_[i] != "FROM" && words_[i] != "JOIN") continue;
            if (i > 0 && words_[i - 1] == "DISTINCT") continue;
            std::size_t source = i + 1;
            while (is_part_of_with(at(source)) && at(source + 1) == ",") source += 2;
            if (is_table(source)) return at(source);
        }
        return {};
    }

    // Not a function, a subquery or a part of the WITH clause.
    bool is_table(std::size_t i) const {
        const std::string_view source = at(i);
        return !source.empty() && is_word_character(source.front()) && at(i + 1) != "(" &&
               !is_part_of_with(source);
    }
    bool is_part_of_with(std::string_view source) const {
        for (std::size_t i = 0; i + 2 < words_.size(); ++i) {
            if (words_[i] == source && words_[i + 1] == "AS" && words_[i + 2] == "(") return true;
        }
        return false;
    }

    std::vector<std::string_view> words_;
};

}  // namespace

StatementName name_statement(std::string_view statement) {
    return StatementWords(statement).name();
}

const StatementName& name_of_commit() {
    static const StatementName name = named("COMMIT", {});
    return name;
}

StatementSpan::StatementSpan(std::string_view system, const StatementName& name,
                             std::size_t callers)
    : span_(child_span(name.summary, SpanKind::kClient)) {
    if (!span_.records()) return;
    exceptions_ = std::uncaught_exceptions();
    span_.set("db.system.name", system);
    span_.set("db.operation.name", name.operation);
    if (!name.table.empty()) span_.set("db.collection.name", name.table);
    span_.set("db.query.summary", name.summary);
    if (callers > 1) {
        span_.set("db.operation.batch.size", static_cast<std::int64_t>(callers));
    }
}

StatementSpan::~StatementSpan() {
    if (std::uncaught_exceptions() > exceptions_) span_.fail("_OTHER");
}

}  // namespace rescuestream::sql
