#include "storage/sql/unreadable_rows.hpp"

#include <algorithm>
#include <array>

#include "rescuestream/logger.hpp"
#include "support/crypto.hpp"

namespace rescuestream::sql {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kCheckEvery{20};
// A row that cannot be searched is forgotten when nobody has met it for this time.
constexpr minutes kForgottenAfter{10};
constexpr std::chrono::hours kToldEvery{1};
constexpr std::size_t kMostShown = 64;  // characters of an id

enum class IdForm {
    kUuid,
    kText,
    kDigest,
    kHidden,  // a text that is not for everybody
};

// How the rows of a table are named.
struct NamedTable {
    std::string_view alias;  // in statements; empty: its columns stand alone
    std::string_view name;
    std::string_view selected;  // the column of the id, as statements with this alias select it
    std::string_view id;        // its name in the table
    IdForm form;
};

constexpr std::array kNamedTables{
    NamedTable{"b", "broadcasters", "b.id", "id", IdForm::kUuid},
    NamedTable{"k", "stream_keys", "k.id", "id", IdForm::kUuid},
    NamedTable{"s", "streams", "s.id", "id", IdForm::kUuid},
    NamedTable{"t", "stream_transitions", "t.stream_id", "stream_id", IdForm::kUuid},
    NamedTable{"c", "cutoffs", "c.stream_key_id", "stream_key_id", IdForm::kUuid},
    NamedTable{"pending", "cutoffs", "k.id", "stream_key_id", IdForm::kUuid},
    NamedTable{"a", "audit_entries", "a.id", "id", IdForm::kUuid},
    NamedTable{"i", "incidents", "i.id", "id", IdForm::kUuid},
    NamedTable{"g", "guest_links", "g.id", "id", IdForm::kUuid},
    NamedTable{"r", "refused_attempts", "r.id", "id", IdForm::kUuid},
    NamedTable{"w", "viewers", "w.id", "id", IdForm::kText},
    NamedTable{"", "nodes", "name", "name", IdForm::kText},
    NamedTable{"", "unknown_sources", "connection_id", "connection_id", IdForm::kText},
    NamedTable{"", "credentials", "id", "id", IdForm::kText},
    NamedTable{"", "credential_sessions", "digest", "digest", IdForm::kDigest},
    NamedTable{"", "playback_keys", "id", "id", IdForm::kText},
    NamedTable{"", "playback_tokens", "digest", "digest", IdForm::kDigest},
    NamedTable{"", "playback_revocations", "value", "value", IdForm::kHidden},
};

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:";

// Splits at the commas that stand in no brackets.
std::vector<std::string_view> split_columns(std::string_view text) {
    std::vector<std::string_view> columns;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const char c = at < text.size() ? text[at] : ',';
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c != ',' || depth > 0) continue;
        columns.push_back(text.substr(begin, at - begin));
        begin = std::min(text.find_first_not_of(' ', at + 1), text.size());
    }
    return columns;
}

struct ColumnName {
    std::string_view alias;
    std::string_view column;
};

// `coalesce(c.digest, k.digest)` is named by its first column.
ColumnName name_of_column(std::string_view expression) {
    const auto part = [](std::string_view text) {
        return text.substr(
            0, std::min(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), text.size()));
    };
    const auto dot = expression.find('.');
    if (dot == std::string_view::npos) return {{}, part(expression)};
    const auto before = expression.find_last_of("( ", dot);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return {expression.substr(begin, dot - begin), part(expression.substr(dot + 1))};
}

const NamedTable* find_table(std::string_view alias, std::string_view table) {
    const auto found = std::find_if(
        kNamedTables.begin(), kNamedTables.end(),
        [&](const auto& each) { return alias.empty() ? each.name == table : each.alias == alias; });
    return found == kNamedTables.end() ? nullptr : &*found;
}

struct ReadId {
    std::string shown;
    std::string known;  // also if it is not shown
    Value value;
};

ReadId read_id(const NamedTable& table, const Rows& rows, std::size_t row, int column) {
    ReadId id;
    try {
        switch (table.form) {
            case IdForm::kUuid: {
                const Uuid uuid = rows.uuid(row, column);
                id.shown = uuid.to_string();
                id.value = uuid;
                break;
            }
            case IdForm::kDigest: {
                const KeyDigest digest = rows.digest(row, column);
                id.shown = to_hex(digest).substr(0, 16) + "…";
                id.value = digest;
                id.known = to_hex(digest);
                return id;
            }
            case IdForm::kText:
            case IdForm::kHidden: {
                const std::string text = rows.text(row, column);
                id.value = text;
                id.known = text;
                const bool is_safe = !text.empty() && text.size() <= kMostShown &&
                                     text.find_first_not_of(kNameCharacters) == std::string::npos;
                if (is_safe && table.form == IdForm::kText) id.shown = text;
                return id;
            }
        }
    } catch (const Failure&) {
        return {};
    }
    id.known = id.shown;
    return id;
}

struct Described {
    UnreadableRow row;
    const NamedTable* table = nullptr;
    ReadId id;
};

Described describe_fully(const RowSource& source, const Rows& rows, std::size_t row,
                         const Failure& failure) {
    Described described;
    described.row.table = source.table;
    const auto columns = split_columns(*source.columns);
    const auto at = static_cast<std::size_t>(failure.column - source.offset);
    if (failure.column < source.offset || at >= columns.size()) return described;
    const auto name = name_of_column(columns[at]);
    described.row.column = name.column;
    described.table = find_table(name.alias, source.table);
    if (described.table == nullptr) return described;
    described.row.table = described.table->name;
    if (const auto id_at = position_of(source, described.table->selected)) {
        described.id = read_id(*described.table, rows, row, source.offset + *id_at);
        described.row.id = described.id.shown;
    }
    return described;
}

}  // namespace

std::optional<int> position_of(const RowSource& source, std::string_view column) {
    const auto columns = split_columns(*source.columns);
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) return std::nullopt;
    return static_cast<int>(found - columns.begin());
}

UnreadableRow describe(const RowSource& source, const Rows& rows, std::size_t row,
                       const Failure& failure) {
    return describe_fully(source, rows, row, failure).row;
}

Failure named(Failure failure, const RowSource& source, const Rows& rows, std::size_t row) {
    if (failure.kind == Failure::Kind::kDefect && failure.message.empty()) {
        failure.message = sentence_about(describe(source, rows, row, failure));
    }
    return failure;
}

void UnreadableRows::note(const RowSource& source, const Rows& rows, std::size_t row,
                          const Failure& failure) {
    auto described = describe_fully(source, rows, row, failure);
    Name name{described.row.table, described.id.known, described.row.column};
    {
        const std::lock_guard lock(mutex_);
        const auto known = entries_.find(name);
        if (known != entries_.end()) {
            known->second.seen = std::chrono::steady_clock::now();
            return;
        }
        if (entries_.size() >= kMost) return;
        Entry entry;
        entry.shown = described.row;
        entry.seen = std::chrono::steady_clock::now();
        const bool has_key = !std::holds_alternative<std::monostate>(described.id.value);
        if (has_key && described.table != nullptr && !described.row.column.empty()) {
            entry.statement = "SELECT " + described.row.column + " FROM " + described.row.table +
                              " WHERE " + std::string(described.table->id) + " = $1";
            entry.key = std::move(described.id.value);
            entry.value = rows.text(row, failure.column);
        }
        entries_.emplace(name, std::move(entry));
        if (!may_tell(std::move(name))) return;
    }
    if (logger_ == nullptr) return;
    logger_->warning(
        "a row of the database cannot be read: what it describes is refused or left out",
        {{"table", described.row.table},
         {"id", described.row.id},
         {"column", described.row.column},
         {"error", failure.detail}});
}

// A row that is repaired and damaged again and again is not logged each time.
bool UnreadableRows::may_tell(Name name) {
    const Instant now = std::chrono::steady_clock::now();
    std::erase_if(told_, [&](const auto& each) { return now - each.second >= kToldEvery; });
    return told_.size() < kMost && told_.emplace(std::move(name), now).second;
}

std::vector<UnreadableRow> UnreadableRows::all() const {
    std::vector<UnreadableRow> rows;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, entry] : entries_) rows.push_back(entry.shown);
    return rows;
}

std::size_t UnreadableRows::count_left_out(const KeyListChanges& changes,
                                           const std::vector<StreamKeyId>& left_out) {
    const std::lock_guard lock(mutex_);
    if (changes.from_start) left_out_.clear();
    if (!left_out_.empty()) {
        for (const auto& entry : changes.entries) left_out_.erase(entry.key.id);
    }
    left_out_.insert(left_out.begin(), left_out.end());
    return left_out_.size();
}

bool UnreadableRows::is_check_due() const {
    const std::lock_guard lock(mutex_);
    return !entries_.empty() && std::chrono::steady_clock::now() - checked_at_ >= kCheckEvery;
}

void UnreadableRows::check_again(Connection& connection) {
    std::map<Name, Entry> known;
    {
        const std::lock_guard lock(mutex_);
        checked_at_ = std::chrono::steady_clock::now();
        known = entries_;
    }
    std::vector<Name> gone;
    for (const auto& [name, entry] : known) {
        bool is_there = std::chrono::steady_clock::now() - entry.seen < kForgottenAfter;
        if (!entry.statement.empty()) {
            const auto rows = connection.run(entry.statement, {entry.key});
            is_there = false;
            for (std::size_t row = 0; row < rows->size() && !is_there; ++row) {
                is_there = rows->text(row, 0) == entry.value;
            }
        }
        if (!is_there) gone.push_back(name);
    }
    const std::lock_guard lock(mutex_);
    for (const auto& name : gone) entries_.erase(name);
}

}  // namespace rescuestream::sql
