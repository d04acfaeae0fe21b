#pragma once

#include <exception>

#include "rescuestream/result.hpp"
#include "storage/sql/database.hpp"

namespace rescuestream::sql {

/// The base class of the roles of a storage on a database: their access to it, which converts
/// Failure to Error.
class Access {
protected:
    /// `database` must outlive the object.
    explicit Access(Database& database) : database_(database) {}
    ~Access() = default;

    const Dialect& dialect() const noexcept { return database_.dialect(); }
    UnreadableRows& unreadable() const noexcept { return database_.unreadable(); }

    /// `work(connection)` returns a Result; an error rolls the transaction back.
    template <class T, class Work>
    Result<T> read(Work work) {
        return translate<T>([&](Result<T>& result) {
            database_.read([&](Connection& connection) { result = work(connection); });
        });
    }
    template <class T, class Work>
    Result<T> write(Work work) {
        return translate<T>([&](Result<T>& result) {
            database_.write([&](Connection& connection) {
                result = work(connection);
                return result.has_value();
            });
        });
    }
    // `ask` returns a Result from the rows of Database::share.
    template <class T, class Ask>
    static Result<T> share(Ask ask) {
        return translate<T>([&](Result<T>& result) { result = ask(); });
    }
    // Notifies other programs if a step has changed keys, and returns its result.
    template <class T>
    Result<T> told(Result<T> result) {
        if (result) database_.tell_keys_changed();
        return result;
    }
    template <class T, class Call>
    static Result<T> translate(Call call) {
        Result<T> result = Error{};
        try {
            call(result);
        } catch (const Failure& failure) {
            return failure.error();
        } catch (const std::exception& error) {
            return Failure{Failure::Kind::kDefect, error.what()}.error();
        }
        return result;
    }

    Database& database_;
};

}  // namespace rescuestream::sql
