#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "fixed_table.hpp"
#include "keyed_hash.hpp"

namespace rescuestream::server {

/// Decides which refusals get a log line, so that callers cannot fill the disk.
///
/// Refusals of one kind, from one network (network_of) and at one place are logged the 1st, 10th,
/// 100th, … time within ten minutes. Each kind has a limit of lines a second, and there is a limit
/// for all kinds together. The first refusal of a network has precedence, so that a network with
/// many refusals leaves room for others. Refusals left out because of these limits are counted and
/// reported by `tell_left_out`.
///
/// Thread-safety: all methods may be called from any thread.
class RefusalLog {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Verdict {
        bool is_told = false;
        std::uint64_t times = 1;  ///< How often it happened within ten minutes, this time included.
    };

    /// `share` scales the limits of lines a second: 0.1 is a tenth of them.
    explicit RefusalLog(double share = 1);

    /// `kind` is one of a small set, such as a status. `path` is the path as it is logged; its
    /// first two segments count as the place.
    Verdict note(std::string_view kind, std::string_view address, std::string_view path,
                 Instant now);

    /// Calls `tell(kind, count)` for each kind of which a line was left out at least half a minute
    /// ago. It is cheap to call often.
    using Tell = std::function<void(const std::string& kind, std::uint64_t count)>;
    void tell_left_out(Instant now, const Tell& tell);
    /// Does the same without waiting half a minute. Call it before the program ends.
    void tell_all_left_out(const Tell& tell);

private:
    // A token bucket: `burst` lines at once, and `rate` lines a second.
    class Budget {
    public:
        Budget(double rate, double burst) : rate_(rate), burst_(burst), left_(burst) {}
        double left(Instant now);
        void take() { left_ -= 1; }

    private:
        double rate_;
        double burst_;
        double left_;
        Instant last_{};
    };
    struct Kind {
        Budget first;  ///< For the first refusal of a network.
        Budget more;
        std::uint64_t left_out = 0;
        Instant left_since{};
    };
    struct Place {
        std::uint64_t times = 0;
        Instant begun{};
        bool is_told = false;
    };

    Kind& kind_of(std::string_view kind);
    bool may_tell(Kind& kind, bool is_first, Instant now);

    const KeyedHash hash_;
    const double share_;
    std::mutex mutex_;
    std::map<std::string, Kind, std::less<>> kinds_;
    FixedTable<Place, 8> networks_;  ///< Key: kind and network. Uses `is_told`.
    FixedTable<Place, 8> places_;    ///< Key: kind, network and place.
    Budget all_;
    std::atomic<bool> has_left_out_{false};
};

}  // namespace rescuestream::server
