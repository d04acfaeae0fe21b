#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rescuestream {

/// The kind of an error. Two codes differ when a caller must react differently.
enum class ErrorCode {
    kInvalidArgument,  ///< The input is wrong; `Error::fields` names each wrong member. Correct it.
    kNotFound,         ///< Nothing has that id, or it was deleted.
    kForbidden,        ///< The caller is known, but does not have the right to do this.
    kConflict,         ///< The input is valid but the present state does not permit it.
    kChangedMeanwhile,  ///< The record has another version than the caller said. Read it again.
    kUnavailable,       ///< A backend cannot be reached or is overloaded. Try again later.
    kTimeout,           ///< A backend did not answer within its deadline. The outcome is unknown.
    kStorageFull,   ///< The storage can be read but not written: its disk is full, a quota is used
                    ///< up, or it has become read-only. Make room. Nothing was changed.
    kUnauthorized,  ///< A backend refuses this program: its credential or rights are wrong, or its
                    ///< database is missing. Correct the configuration.
    kUnsupported,   ///< The backend does not have this function (an old media server, for example).
    kInternal,      ///< A defect of the program, or corrupt data. Report it.
};

/// Lower-case, hyphenated name of `code`, for logs ("invalid-argument").
const char* to_string(ErrorCode code) noexcept;

/// One wrong member of an input.
struct FieldError {
    std::string pointer;  ///< JSON Pointer (RFC 6901) of the member, e.g. "/expires_at".
    std::string detail;   ///< One sentence that says what is wrong with it.

    bool operator==(const FieldError&) const = default;
};

/// Why an operation failed.
struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;  ///< One full sentence that may be shown to a client; contains no secret.
    std::string detail;   ///< For logs only (for example a driver's own text).
    std::vector<FieldError> fields;  ///< With kInvalidArgument: every wrong member.

    bool operator==(const Error&) const = default;
};

/// Thrown by `Result::value()` on an error. This is a defect of the caller.
class BadResultAccess : public std::logic_error {
public:
    explicit BadResultAccess(const Error& error) : std::logic_error(error.message) {}
};

/// A value or an `Error`. Members carry the names of `std::expected` (C++23).
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;
    using error_type = Error;

    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return checked(), std::get<0>(state_); }
    const T& value() const& { return checked(), std::get<0>(state_); }
    /// By value, so that `for (x : f().value())` does not iterate over a destroyed object.
    T value() && { return checked(), std::get<0>(std::move(state_)); }
    template <class U>
    T value_or(U&& fallback) const& {
        return has_value() ? std::get<0>(state_) : static_cast<T>(std::forward<U>(fallback));
    }

    /// Precondition of the four below: `has_value()`.
    T& operator*() & noexcept { return *std::get_if<0>(&state_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    T* operator->() noexcept { return std::get_if<0>(&state_); }
    const T* operator->() const noexcept { return std::get_if<0>(&state_); }

    /// Precondition: `!has_value()`.
    Error& error() & noexcept { return *std::get_if<1>(&state_); }
    const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
    Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

private:
    void checked() const {
        if (!has_value()) throw BadResultAccess(*std::get_if<1>(&state_));
    }

    std::variant<T, Error> state_;
};

/// Success without a value, or an `Error`.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;
    using error_type = Error;

    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool has_value() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const {
        if (error_) throw BadResultAccess(*error_);
    }

    /// Precondition: `!has_value()`.
    const Error& error() const& noexcept { return *error_; }
    Error&& error() && noexcept { return std::move(*error_); }

private:
    std::optional<Error> error_;
};

}  // namespace rescuestream
