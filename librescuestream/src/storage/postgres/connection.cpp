#include "storage/postgres/connection.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include "storage/postgres/rows.hpp"
#include "support/crypto.hpp"
#include "support/text.hpp"

namespace rescuestream::postgres {
namespace {

constexpr std::string_view kSystemName = "postgresql";

using Kind = sql::Failure::Kind;

// PostgreSQL has a state only for a full disk. It reports a quota that is used up as an internal
// error, and a read-only disk as a missing permission.
std::optional<Kind> reason_not_to_write(const std::string& state, const std::string& text) {
    const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
    if (state == "53100" || says("No space left on device") || says("Disk quota exceeded")) {
        return Kind::kFull;
    }
    if (says("Read-only file system")) return Kind::kReadOnly;
    return std::nullopt;
}

ConnectionFailure translate_state(const std::string& state, std::string detail,
                                  const Names& names) {
    if (const auto reason = reason_not_to_write(state, detail)) {
        return {{*reason, std::move(detail)}, false, false};
    }
    const auto is_class = [&](std::string_view name) { return state.starts_with(name); };
    if (state == "23505") return {{Kind::kUnique, std::move(detail)}, false, false};
    if (state == "42P01" || state == "3F000") {
        return {{Kind::kNoSchema, std::move(detail)}, false, false};
    }
    if (state == "57014") return {{Kind::kTimeout, std::move(detail)}, false, false};
    if (state == "55P03") return {{Kind::kLocked, std::move(detail)}, false, false};
    if (state == "40001" || state == "40P01") {
        return {{Kind::kUnavailable, std::move(detail)}, false, true};
    }
    // A plan from before a change of the schema.
    if (state == "0A000") return {{Kind::kDefect, std::move(detail), {}}, true, true};
    const Trouble* trouble = find_trouble(state, detail);
    const auto failure = [&] {
        return trouble != nullptr ? failure_of(*trouble, names, detail)
                                  : sql::Failure{Kind::kUnavailable, detail, {}};
    };
    const bool may_pass = trouble == nullptr || trouble->kind == Kind::kUnavailable;
    // A pooler has given another session to this connection, or the server has become a replica or
    // shuts down.
    if (state == "26000" || state == "42P05" || state == "25006" || is_class("57P") ||
        is_class("08")) {
        return {failure(), true, may_pass};
    }
    if (is_class("53") || is_class("58")) return {failure(), true, false};
    if (is_class("28") || state == "42501") return {failure(), false, false};
    // A function or a migration of ours says why.
    if (state == "P0001") {
        std::string reason = detail.substr(0, detail.find('\n'));
        const auto level = reason.find(":  ");
        if (level != std::string::npos) reason.erase(0, level + 3);
        return {{Kind::kRefused, std::move(detail), std::move(reason)}, false, false};
    }
    if (state == "22021") return {{Kind::kBadText, std::move(detail)}, false, false};
    return {{Kind::kDefect, std::move(detail)}, false, false};
}

/// Returns the text that PostgreSQL reads as the value; empty for NULL.
struct Writer {
    using Text = std::optional<std::string>;

    Text operator()(std::monostate /*null*/) const { return std::nullopt; }
    Text operator()(bool value) const { return value ? "t" : "f"; }
    Text operator()(std::int64_t value) const { return std::to_string(value); }
    Text operator()(const std::string& value) const {
        // libpqxx would truncate it at the NUL.
        if (!is_clean_utf8(value)) throw sql::Failure{Kind::kBadText, {}};
        return value;
    }
    Text operator()(const Uuid& value) const { return value.to_string(); }
    Text operator()(Timestamp value) const { return format_rfc3339(value); }
    Text operator()(const KeyDigest& value) const { return "\\x" + to_hex(value); }
};

// Returns the element with a comma after it.
void append_element(std::string& array, const Writer::Text& text) {
    if (!text) {
        array += "NULL,";
        return;
    }
    array += '"';
    for (const char c : *text) {
        if (c == '"' || c == '\\') array += '\\';
        array += c;
    }
    array += "\",";
}

}  // namespace

Texts write_values(const sql::Values& values) {
    Texts texts;
    texts.reserve(values.size());
    for (const auto& value : values) texts.push_back(std::visit(Writer{}, value));
    return texts;
}

template <class Call>
auto Connection::translated(Call call) const -> decltype(call()) {
    try {
        return call();
    } catch (const pqxx::in_doubt_error& error) {
        throw ConnectionFailure{{Kind::kTimeout, error.what()}, true, false};
    } catch (const pqxx::broken_connection& error) {
        // A pooler connects to the server when a statement needs it.
        if (const Trouble* trouble = find_trouble("", error.what())) {
            const bool may_pass = trouble->kind == Kind::kUnavailable;
            throw ConnectionFailure{failure_of(*trouble, names_, error.what()), true, may_pass};
        }
        throw ConnectionFailure{{Kind::kUnavailable, error.what()}, true, true};
    } catch (const pqxx::statement_completion_unknown& error) {
        throw ConnectionFailure{{Kind::kTimeout, error.what()}, true, false};
    } catch (const pqxx::transaction_rollback& error) {
        throw ConnectionFailure{{Kind::kUnavailable, error.what()}, false, true};
    } catch (const pqxx::insufficient_privilege& error) {  // libpqxx leaves its state out
        throw translate_state("42501", error.what(), names_);
    } catch (const pqxx::sql_error& error) {
        throw translate_state(error.sqlstate(), error.what(), names_);
    } catch (const std::exception& error) {
        throw ConnectionFailure{{Kind::kDefect, error.what()}, true, false};
    }
}

Connection::Connection(const Session& session, PoolerState& pooler) : names_(session.names) {
    auto opened = open_connection(session, pooler);
    connection_ = std::move(opened.connection);
    is_pooled_ = opened.pooled;
    if (is_pooled_) local_settings_ = session.local;
}

std::unique_ptr<sql::Rows> Connection::run(const std::string& statement,
                                           const sql::Values& values) {
    return make_rows(run_texts(statement, write_values(values)));
}

pqxx::result Connection::run_columns(const std::string& statement,
                                     const std::vector<const Texts*>& rows) {
    Texts arrays(rows.front()->size(), "{");
    for (const Texts* row : rows) {
        for (std::size_t column = 0; column < arrays.size(); ++column) {
            append_element(*arrays[column], row->at(column));
        }
    }
    for (auto& array : arrays) array->back() = '}';
    return run_texts(statement, arrays, rows.size());
}

pqxx::result Connection::run_texts(const std::string& statement, const Texts& texts,
                                   std::size_t rows) {
    return translated([&] {
        const auto& [name, shown_name] = prepare(statement);
        const sql::StatementSpan span(kSystemName, shown_name, rows);
        if (is_pooled_) return run_pooled(statement, texts);
        std::vector<const char*> parameters;
        parameters.reserve(texts.size());
        for (const auto& text : texts) parameters.push_back(text ? text->c_str() : nullptr);
        const auto all = pqxx::prepare::make_dynamic_params(parameters.begin(), parameters.end());
        if (transaction_ != nullptr) {
            return transaction_->exec_prepared(name, all);
        }
        pqxx::nontransaction autocommit(*connection_);
        return autocommit.exec_prepared(name, all);
    });
}

// Several statements in one message are one transaction; the result is that of the last one.
pqxx::result Connection::run_pooled(const std::string& statement, const Texts& texts) {
    const std::string text = with_literals(statement, texts);
    if (transaction_ != nullptr) return transaction_->exec(text);
    return pqxx::nontransaction(*connection_).exec(local_settings_ + text);
}

void Connection::script(const std::string& statements) {
    translated([&] {
        if (transaction_ != nullptr) {
            transaction_->exec(statements);
        } else {
            pqxx::nontransaction(*connection_).exec(local_settings_ + statements);
        }
    });
}

void Connection::alone(const sql::Database::Work& work) {
    // If the connection is found broken here, the statement was not sent, and another connection
    // may be used.
    if (has_unread()) script("SELECT 1");
    try {
        work(*this);
    } catch (ConnectionFailure& failure) {
        if (failure.broken && failure.kind == Kind::kUnavailable) {
            failure.kind = Kind::kTimeout;
            failure.retry = false;
        }
        throw;
    }
}

bool Connection::has_unread() const {
    char byte = 0;
    const auto count = ::recv(connection_->sock(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void Connection::transact(const sql::Database::Step& step) {
    struct Reset {
        pqxx::transaction_base*& transaction;
        ~Reset() { transaction = nullptr; }
    };
    std::unique_ptr<pqxx::work> work;
    translated([&] {
        work = std::make_unique<pqxx::work>(*connection_);
        if (is_pooled_) work->exec(local_settings_);
    });
    const Reset reset{transaction_};
    transaction_ = work.get();
    const bool commit = step(*this);
    if (!commit) {
        translated([&] { work->abort(); });
        return;
    }
    try {
        translated([&] {
            const sql::StatementSpan span(kSystemName, sql::name_of_commit());
            work->commit();
        });
    } catch (ConnectionFailure& failure) {
        // The server may have committed before the connection broke.
        if (failure.broken) {
            failure.kind = Kind::kTimeout;
            failure.retry = false;
        }
        throw;
    }
}

const Connection::Prepared& Connection::prepare(const std::string& statement) {
    const auto known = prepared_.find(statement);
    if (known != prepared_.end()) return known->second;
    Prepared prepared{"s" + std::to_string(prepared_.size()), sql::name_statement(statement)};
    if (!is_pooled_) connection_->prepare(prepared.name, statement);
    return prepared_[statement] = std::move(prepared);
}

}  // namespace rescuestream::postgres
