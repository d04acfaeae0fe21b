#include "storage/sql/failure.hpp"

#include "storage/errors.hpp"
#include "storage/reservation_state.hpp"

namespace rescuestream::sql {

namespace {

Error error_of(Failure::Kind kind, const std::string& detail) {
    using Kind = Failure::Kind;
    switch (kind) {
        case Kind::kUnavailable:
            return {ErrorCode::kUnavailable, "The database cannot be reached.", detail, {}};
        case Kind::kTimeout:
            return {ErrorCode::kTimeout, "The database did not answer in time.", detail, {}};
        case Kind::kFull:
            return {ErrorCode::kStorageFull,
                    "The disk of the database is full, or its quota is used up: nothing was "
                    "changed. Make room there; then everything goes on by itself.",
                    detail,
                    {}};
        case Kind::kReadOnly:
            return {ErrorCode::kStorageFull,
                    "The disk of the database has become read-only: nothing was changed. Make it "
                    "writable again; then everything goes on by itself.",
                    detail,
                    {}};
        case Kind::kUnauthorized:
            return {ErrorCode::kUnauthorized, "The database refused the credential.", detail, {}};
        case Kind::kLocked:
            return {ErrorCode::kUnavailable,
                    "Another program kept the database locked for too long.",
                    detail,
                    {}};
        case Kind::kMigrating:
            return {ErrorCode::kUnavailable,
                    "Another program is migrating the database and has not finished; nothing was "
                    "changed.",
                    detail,
                    {}};
        case Kind::kNoSchema:
            return {ErrorCode::kUnavailable, "The database has not been migrated.", detail, {}};
        case Kind::kBadText:
            return {ErrorCode::kInvalidArgument,
                    "A text is not valid UTF-8, or has a NUL character in it.",
                    detail,
                    {}};
        case Kind::kSuperseded:
            return conflict(kReservationIsGone);
        case Kind::kRefused:
            return {ErrorCode::kConflict, "The database refused the change.", detail, {}};
        case Kind::kUnique:
        case Kind::kDefect:
            break;
    }
    return defect(detail);
}

}  // namespace

Error Failure::error() const {
    Error error = error_of(kind, detail);
    if (!message.empty()) error.message = message;
    return error;
}

// If one of several callers waits for a lock or has a text that cannot be sent, the others need not
// fail.
bool Failure::may_concern_one() const noexcept {
    switch (kind) {
        case Kind::kLocked:
        case Kind::kBadText:
        case Kind::kUnique:
        case Kind::kRefused:
        case Kind::kSuperseded:
        case Kind::kDefect:
            return true;
        case Kind::kUnavailable:
        case Kind::kTimeout:
        case Kind::kFull:
        case Kind::kReadOnly:
        case Kind::kUnauthorized:
        case Kind::kMigrating:
        case Kind::kNoSchema:
            return false;
    }
    return false;
}

}  // namespace rescuestream::sql
