#include "guesses.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "http/network.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::chrono::hours kRightFor{24};
constexpr std::chrono::minutes kWrongFor{10};
// What may be tried beyond the limit while a short secret is served: this many times the limit.
constexpr int kTries = 10;

std::uint64_t at_least_one(std::uint64_t number) {
    return std::max<std::uint64_t>(number, 1);
}

std::size_t buckets(Guesses::Size size, std::size_t of_many, std::size_t of_few) {
    return size == Guesses::Size::kManyCredentials ? of_many : of_few;
}

}  // namespace

Guesses::Guesses(std::uint64_t per_minute, Size size, Known known)
    : is_limited_(per_minute > 0),
      serves_known_(known == Known::kServed),
      step_(
          duration_cast<std::chrono::steady_clock::duration>(nanoseconds(std::chrono::minutes(1))) /
          at_least_one(per_minute)),
      most_(step_ * static_cast<std::int64_t>(at_least_one(per_minute))),
      right_(buckets(size, 512, 16)),
      wrong_(buckets(size, 1'024, 256)),
      tried_(buckets(size, 256, 256)),
      debts_(buckets(size, 1'024, 512)) {}

Guesses::Attempt Guesses::attempt(std::string_view address, std::string_view credential) const {
    if (!is_limited_) return {};
    std::string text = network_of(address);
    const std::uint64_t network = hash_(text);
    (text += '\n') += credential;
    return {network, hash_(credential), hash_(text)};
}

Guesses::Admission Guesses::admit(const Attempt& attempt, Instant now) {
    if (!is_limited_) return {};
    const std::lock_guard lock(mutex_);
    Debt* const debt = debts_.find(attempt.network, attempt.network);
    if (debt == nullptr) return {};
    const auto used = std::max(debt->paid - now, step_ * 0);
    if (used + step_ <= most_) return {};
    if (const Right* const right = find_right(attempt, now)) {
        if (!right->is_short || !is_tried_out(*debt, now)) return {};
    } else if (was_wrong(attempt, now)) {
        return {};
    } else {
        count_try(*debt, attempt, now);
    }
    return {false, std::chrono::ceil<seconds>(used + step_ - most_)};
}

bool Guesses::is_tried_out(const Debt& debt, Instant now) const {
    return debt.tried_paid - now + step_ > most_ * kTries;
}

void Guesses::count_try(Debt& debt, const Attempt& attempt, Instant now) {
    Instant& last =
        tried_.get(attempt.both, attempt.both, [](const Instant& each) { return each; });
    const bool is_repeated = last != Instant{} && now - last <= kWrongFor;
    last = now;
    if (is_repeated) return;
    debt.tried_paid = std::min(std::max(debt.tried_paid, now) + step_, now + most_ * kTries);
}

void Guesses::right(const Attempt& attempt, Instant now, Kind kind) {
    if (!is_limited_ || !serves_known_) return;
    const std::lock_guard lock(mutex_);
    Right& right =
        right_.get(attempt.credential, attempt.both, [](const Right& each) { return each.last; });
    const bool was_long = right.last != Instant{} && !right.is_short;
    right = {now, kind == Kind::kShort && !was_long};
}

void Guesses::wrong(const Attempt& attempt, Instant now) {
    if (!is_limited_) return;
    const std::lock_guard lock(mutex_);
    Wrong& wrong = wrong_.get(attempt.both, attempt.both, [now](const Wrong& each) {
        const bool is_old = now - each.last > kWrongFor;
        return std::pair(is_old ? 0 : each.times, each.last);
    });
    if (now - wrong.last > kWrongFor) wrong.times = 0;
    wrong.last = now;
    if (++wrong.times > 1) return;
    Debt& debt =
        debts_.get(attempt.network, attempt.network, [](const Debt& each) { return each.paid; });
    // Attempts that were in progress when the limit was reached do not extend it.
    debt.paid = std::min(std::max(debt.paid, now) + step_, now + most_);
}

const Guesses::Right* Guesses::find_right(const Attempt& attempt, Instant now) {
    const Right* const right = right_.find(attempt.credential, attempt.both);
    return right != nullptr && now - right->last <= kRightFor ? right : nullptr;
}

bool Guesses::was_wrong(const Attempt& attempt, Instant now) {
    const Wrong* const wrong = wrong_.find(attempt.both, attempt.both);
    return wrong != nullptr && now - wrong->last <= kWrongFor;
}

}  // namespace rescuestream::server
