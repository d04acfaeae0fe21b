#include "refusal_log.hpp"

#include <algorithm>
#include <utility>

#include "http/network.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kWindow{10};
constexpr seconds kUntilSummary{30};
constexpr std::size_t kMaxKinds = 64;
constexpr std::size_t kLongestPlace = 96;

// The limits a second and at once. A line has about 250 bytes, so callers can cause at most 100 MB
// a day.
constexpr double kAllRate = 5;
constexpr double kAllBurst = 200;
constexpr double kFirstRate = 2;
constexpr double kFirstBurst = 60;
constexpr double kMoreRate = 0.5;
constexpr double kMoreBurst = 20;

bool is_power_of_ten(std::uint64_t number) {
    while (number >= 10 && number % 10 == 0) number /= 10;
    return number == 1;
}

std::string_view place_of(std::string_view path) {
    path = path.substr(0, kLongestPlace);
    const auto second = path.find('/', 1);
    return second == std::string_view::npos ? path : path.substr(0, path.find('/', second + 1));
}

}  // namespace

double RefusalLog::Budget::left(Instant now) {
    if (now > last_) {
        if (last_ != Instant{}) {
            left_ = std::min(burst_,
                             left_ + rate_ * std::chrono::duration<double>(now - last_).count());
        }
        last_ = now;
    }
    return left_;
}

RefusalLog::RefusalLog(double share)
    : share_(share), networks_(512), places_(1'024), all_(kAllRate * share, kAllBurst) {}

RefusalLog::Kind& RefusalLog::kind_of(std::string_view kind) {
    if (const auto found = kinds_.find(kind); found != kinds_.end()) return found->second;
    const std::string name(kinds_.size() < kMaxKinds ? kind : "other");
    return kinds_
        .try_emplace(
            name, Kind{{kFirstRate * share_, kFirstBurst}, {kMoreRate * share_, kMoreBurst}, 0, {}})
        .first->second;
}

bool RefusalLog::may_tell(Kind& kind, bool is_first, Instant now) {
    Budget& own = is_first ? kind.first : kind.more;
    // Half of the limit for all kinds is reserved for networks that are refused for the first time.
    const double kept = is_first ? 0 : kAllBurst / 2;
    if (own.left(now) < 1 || all_.left(now) < kept + 1) return false;
    own.take();
    all_.take();
    return true;
}

RefusalLog::Verdict RefusalLog::note(std::string_view kind, std::string_view address,
                                     std::string_view path, Instant now) {
    std::string text(kind);
    (text += '\n') += network_of(address);
    const std::uint64_t network_name = hash_(text);
    (text += '\n') += place_of(path);
    const std::uint64_t place_name = hash_(text);

    const std::lock_guard lock(mutex_);
    const auto renewed = [now](Place& place) -> Place& {
        if (place.times > 0 && now - place.begun > kWindow) place = Place{};
        if (place.times == 0) place.begun = now;
        ++place.times;
        return place;
    };
    // The entries with the most refusals stay.
    const auto rank = [now](const Place& each) {
        return now - each.begun > kWindow ? 0 : each.times;
    };
    Place& network = renewed(networks_.get(network_name, network_name, rank));
    Place& place = renewed(places_.get(place_name, place_name, rank));
    Verdict verdict{false, place.times};
    // If a line had to be left out, the next refusal is logged instead.
    if (place.is_told && !is_power_of_ten(place.times)) return verdict;
    Kind& its_kind = kind_of(kind);
    verdict.is_told = may_tell(its_kind, !network.is_told, now);
    if (verdict.is_told) {
        network.is_told = place.is_told = true;
    } else {
        if (++its_kind.left_out == 1) its_kind.left_since = now;
        has_left_out_ = true;
    }
    return verdict;
}

void RefusalLog::tell_left_out(Instant now, const Tell& tell) {
    if (!has_left_out_.load(std::memory_order_relaxed)) return;
    std::map<std::string, std::uint64_t> told;
    {
        const std::lock_guard lock(mutex_);
        bool waits = false;
        for (auto& [name, kind] : kinds_) {
            if (kind.left_out == 0) continue;
            if (now - kind.left_since < kUntilSummary) {
                waits = true;
                continue;
            }
            told[name] = std::exchange(kind.left_out, 0);
        }
        has_left_out_ = waits;
    }
    for (const auto& [name, count] : told) tell(name, count);
}

void RefusalLog::tell_all_left_out(const Tell& tell) {
    tell_left_out(Instant::max(), tell);
}

}  // namespace rescuestream::server
