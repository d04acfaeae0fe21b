#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "fixed_table.hpp"
#include "keyed_hash.hpp"
#include "limits.hpp"

namespace rescuestream::server {

/// Counts wrong guesses at one kind of secret, by the network that they come from (network_of).
///
/// A network may send `per_minute` wrong credentials a minute. Beyond that, its requests are
/// refused before anything is compared, so that even a right credential among its guesses reveals
/// nothing. There are two exceptions. A credential that was right from that network within the last
/// day is still accepted, so that one attacker does not lock out others behind the same address. A
/// wrong credential that was already judged is answered again and counts only once, so that a
/// wrongly configured device that repeats itself is told what is wrong.
///
/// The first exception tells somebody behind the same address whether a guess is the secret of its
/// owner. A short secret could be found so. It is therefore served beyond the limit only while few
/// other credentials are tried from that network: ten times `per_minute` at once, and `per_minute`
/// a minute after that.
///
/// Everything is stored as hashes in tables of fixed size. Only right credentials enter the table
/// of right credentials, and the table of debts keeps the largest debts. An attacker with many
/// addresses can therefore neither displace the entries of others nor have his own guesses
/// forgotten.
///
/// Thread-safety: all methods may be called from any thread.
class Guesses {
public:
    using Instant = RateLimit::Instant;

    enum class Size { kFewCredentials, kManyCredentials };
    /// Whether right credentials are served beyond the limit. kRefused: they have so few characters
    /// that all could be tried even within the limit of short secrets.
    enum class Known { kServed, kRefused };
    /// kLong: nobody can find it by trying.
    enum class Kind { kLong, kShort };
    static constexpr std::size_t kBeyondGuessing = 32;  ///< Characters of a long secret.
    static constexpr Kind kind_of(std::size_t characters) {
        return characters >= kBeyondGuessing ? Kind::kLong : Kind::kShort;
    }
    /// `per_minute` is 0 for no limit.
    Guesses(std::uint64_t per_minute, Size size, Known known = Known::kServed);

    /// A credential and the network it comes from. It holds only hashes, so it may be stored.
    struct Attempt {
        std::uint64_t network = 0;
        std::uint64_t credential = 0;
        std::uint64_t both = 0;
    };
    Attempt attempt(std::string_view address, std::string_view credential) const;

    struct Admission {
        bool allowed = true;
        /// If it is not allowed: the time until the next guess is allowed.
        std::chrono::seconds retry{0};
    };
    /// Call it before anything is compared, then call `right` or `wrong` with the result.
    Admission admit(const Attempt& attempt, Instant now);
    /// A credential that was of kind kLong stays so while it is remembered.
    void right(const Attempt& attempt, Instant now, Kind kind = Kind::kLong);
    void wrong(const Attempt& attempt, Instant now);

private:
    struct Right {
        Instant last{};
        bool is_short = false;
    };
    struct Wrong {
        std::uint64_t times = 0;
        Instant last{};
    };
    struct Debt {
        Instant paid{};  ///< When the whole allowance of the network is available again.
        /// The same for credentials that are tried beyond the limit.
        Instant tried_paid{};
    };

    // Null: it was not right lately.
    const Right* find_right(const Attempt& attempt, Instant now);
    bool is_tried_out(const Debt& debt, Instant now) const;
    void count_try(Debt& debt, const Attempt& attempt, Instant now);
    bool was_wrong(const Attempt& attempt, Instant now);

    const bool is_limited_;
    const bool serves_known_;
    /// One more guess becomes available after each step.
    const std::chrono::steady_clock::duration step_;
    const std::chrono::steady_clock::duration most_;
    const KeyedHash hash_;
    std::mutex mutex_;
    // The bucket is chosen by the credential: somebody with one right credential and many addresses
    // displaces only entries of that credential and of the few in the same bucket.
    FixedTable<Right, 64> right_;
    FixedTable<Wrong, 16> wrong_;
    FixedTable<Instant, 16> tried_;  // beyond the limit, so that repetitions count once
    FixedTable<Debt, 8> debts_;
};

/// The check of one credential from one address: `refusal` before the comparison, `was` after it.
class Trial {
public:
    /// There is nothing to guess.
    Trial() = default;
    /// `guesses` is null for no limit; otherwise it must outlive this.
    Trial(Guesses* guesses, std::string_view address, std::string_view credential)
        : guesses_(guesses) {
        if (guesses_ == nullptr) return;
        attempt_ = guesses_->attempt(address, credential);
        now_ = std::chrono::steady_clock::now();
    }

    /// If set, the credential must not be compared. The value is the time until the next guess is
    /// allowed.
    std::optional<std::chrono::seconds> refusal() const {
        if (guesses_ == nullptr) return std::nullopt;
        const auto admission = guesses_->admit(attempt_, now_);
        return admission.allowed ? std::nullopt : std::optional(admission.retry);
    }
    void was(bool right, Guesses::Kind kind = Guesses::Kind::kLong) const {
        if (guesses_ == nullptr) return;
        if (right) {
            guesses_->right(attempt_, now_, kind);
        } else {
            guesses_->wrong(attempt_, now_);
        }
    }

private:
    Guesses* guesses_ = nullptr;
    Guesses::Attempt attempt_;
    Guesses::Instant now_{};
};

}  // namespace rescuestream::server
