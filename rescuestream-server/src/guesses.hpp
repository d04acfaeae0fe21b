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

/// Guesses at one kind of secret, by the network that they come from (network_of).
///
/// A network may be wrong `per_minute` times a minute. Beyond that it is refused before anything is
/// compared: the right credential among its guesses finds nothing out. Two are still served: a
/// credential that was right from there within a day, so that one guesser does not lock out the
/// others behind his address, and a wrong one that was judged already, so that a device that is set
/// up wrongly and repeats itself for ever counts once and is told what is wrong.
///
/// Everything is kept in tables of fixed size, as hashes. Only a right credential gets into the
/// memory of the right ones, and of a network's debt the largest are kept: whoever has many
/// addresses can neither make others forgotten nor have his own guesses forgiven.
///
/// Thread-safety: all methods from any thread.
class Guesses {
public:
    using Instant = RateLimit::Instant;

    enum class Size { kFewCredentials, kManyCredentials };
    /// `per_minute`: 0 for any number.
    Guesses(std::uint64_t per_minute, Size size);

    /// A credential and where it comes from. Only hashes: it may be kept while others decide.
    struct Attempt {
        std::uint64_t network = 0;
        std::uint64_t credential = 0;
        std::uint64_t both = 0;
    };
    Attempt attempt(std::string_view address, std::string_view credential) const;

    struct Admission {
        bool allowed = true;
        std::chrono::seconds retry{0};  ///< When it is not allowed: a guess is free again then.
    };
    /// Ask before anything is compared; then tell which it was.
    Admission admit(const Attempt& attempt, Instant now);
    void right(const Attempt& attempt, Instant now);
    void wrong(const Attempt& attempt, Instant now);

private:
    struct Right {
        Instant last{};
    };
    struct Wrong {
        std::uint64_t times = 0;
        Instant last{};
    };
    struct Debt {
        Instant paid{};  ///< When the network has its whole allowance again.
    };

    bool was_right(const Attempt& attempt, Instant now);
    bool was_wrong(const Attempt& attempt, Instant now);

    const bool is_limited_;
    const std::chrono::steady_clock::duration step_;  ///< One guess more is free after each.
    const std::chrono::steady_clock::duration most_;
    const KeyedHash hash_;
    std::mutex mutex_;
    // The bucket is that of the credential: whoever has one right credential and many addresses
    // only displaces what is known of that one and of the few beside it.
    FixedTable<Right, 64> right_;
    FixedTable<Wrong, 16> wrong_;
    FixedTable<Debt, 8> debts_;
};

/// One credential from one address, before and after it is compared.
class Trial {
public:
    /// Nothing that could be guessed.
    Trial() = default;
    /// `guesses`: null for any number of them; else it must outlive this.
    Trial(Guesses* guesses, std::string_view address, std::string_view credential)
        : guesses_(guesses) {
        if (guesses_ == nullptr) return;
        attempt_ = guesses_->attempt(address, credential);
        now_ = std::chrono::steady_clock::now();
    }

    /// Not empty: it must not be compared; a guess is free again then.
    std::optional<std::chrono::seconds> refusal() const {
        if (guesses_ == nullptr) return std::nullopt;
        const auto admission = guesses_->admit(attempt_, now_);
        return admission.allowed ? std::nullopt : std::optional(admission.retry);
    }
    void was(bool right) const {
        if (guesses_ == nullptr) return;
        if (right) {
            guesses_->right(attempt_, now_);
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
