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

/// Says which refusals get a line in the log, so that nobody can fill a disk from outside.
///
/// Refusals of one kind, of one network (network_of) and at one place are told the 1st, 10th,
/// 100th, … time within ten minutes. Each kind has a number of lines a second, and all kinds have
/// one together; what a network does for the first time has precedence, so that one that does
/// everything leaves room for the others. What had to be left out for that is counted, and told by
/// `tell_left_out`.
///
/// Thread-safety: all methods from any thread.
class RefusalLog {
public:
    using Instant = std::chrono::steady_clock::time_point;

    struct Verdict {
        bool is_told = false;
        std::uint64_t times = 1;  ///< How often lately, this one included.
    };

    RefusalLog();

    /// `kind`: one of a few, such as a status. `path`: as it is shown; its first two segments
    /// count.
    Verdict note(std::string_view kind, std::string_view address, std::string_view path,
                 Instant now);

    /// Calls `tell(kind, count)` for each kind of which a line was left out half a minute ago or
    /// earlier. Costs nothing most of the time: call it often.
    using Tell = std::function<void(const std::string& kind, std::uint64_t count)>;
    void tell_left_out(Instant now, const Tell& tell);
    /// The same at once: nothing comes any more.
    void tell_all_left_out(const Tell& tell);

private:
    // So many at once, and so many a second.
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
        Budget first;  ///< What a network does for the first time.
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
    std::mutex mutex_;
    std::map<std::string, Kind, std::less<>> kinds_;
    FixedTable<Place, 8> networks_;  ///< By kind and network: is_told.
    FixedTable<Place, 8> places_;    ///< By kind, network and place.
    Budget all_;
    std::atomic<bool> has_left_out_{false};
};

}  // namespace rescuestream::server
