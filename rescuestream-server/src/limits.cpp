#include "limits.hpp"

#include <cmath>
#include <functional>

namespace rescuestream::server {
namespace {

using std::chrono::duration_cast;
using std::chrono::steady_clock;

constexpr std::size_t kMaxKept = 20'000;
constexpr std::chrono::minutes kRemembered{10};

std::uint64_t hash_of(std::string_view text) {
    return std::hash<std::string_view>{}(text);
}

steady_clock::duration seconds(double count) {
    return duration_cast<steady_clock::duration>(std::chrono::duration<double>(count));
}

bool is_power_of_ten(std::uint64_t number) {
    while (number >= 10 && number % 10 == 0) number /= 10;
    return number == 1;
}

}  // namespace

RateLimit::Outcome RateLimit::take(std::string_view who, Instant now) {
    const auto step = seconds(1.0 / rate_);
    const auto most = seconds(static_cast<double>(burst_) / rate_);
    const std::lock_guard lock(mutex_);
    if (due_.size() >= kMaxKept) drop_idle(now);
    Instant& due = due_[hash_of(who)];
    if (due < now) due = now;
    Outcome outcome;
    const auto used = due - now;
    if (used + step > most) {
        outcome.allowed = false;
        outcome.reset = std::chrono::ceil<std::chrono::seconds>(used + step - most);
        return outcome;
    }
    due += step;
    outcome.remaining = static_cast<std::uint64_t>((most - used - step) / step);
    outcome.reset = std::chrono::ceil<std::chrono::seconds>(due - now);
    return outcome;
}

void RateLimit::drop_idle(Instant now) {
    std::erase_if(due_, [&](const auto& entry) { return entry.second <= now; });
    // All of them busy: somebody plays many. Nobody is refused for it.
    if (due_.size() >= kMaxKept) due_.clear();
}

WrongCredentials::WrongCredentials(std::uint64_t per_minute)
    : is_limited_(per_minute > 0),
      guesses_(is_limited_ ? static_cast<double>(per_minute) / 60.0 : 1.0,
               is_limited_ ? per_minute : 1) {}

WrongCredentials::Outcome WrongCredentials::note(std::string_view address,
                                                 std::string_view credential, bool is_guess,
                                                 Instant now) {
    Outcome outcome;
    {
        const std::lock_guard lock(mutex_);
        if (seen_.size() >= kMaxKept) drop_old(now);
        std::string both(address);
        (both += '\n') += credential;
        Seen& seen = seen_[hash_of(both)];
        if (seen.times > 0 && now - seen.last > kRemembered) seen.times = 0;
        seen.last = now;
        outcome.times = ++seen.times;
    }
    outcome.is_news = is_power_of_ten(outcome.times);
    if (outcome.times > 1 || !is_guess || !is_limited_) return outcome;
    const auto guess = guesses_.take(address, now);
    outcome.too_many = !guess.allowed;
    outcome.retry = guess.reset;
    if (outcome.too_many) {
        // Not remembered as one that was looked at: the next time counts as a guess again.
        const std::lock_guard lock(mutex_);
        std::string both(address);
        (both += '\n') += credential;
        seen_.erase(hash_of(both));
        outcome.is_news = false;
    }
    return outcome;
}

void WrongCredentials::drop_old(Instant now) {
    std::erase_if(seen_, [&](const auto& entry) { return now - entry.second.last > kRemembered; });
    if (seen_.size() >= kMaxKept) seen_.clear();
}

}  // namespace rescuestream::server
