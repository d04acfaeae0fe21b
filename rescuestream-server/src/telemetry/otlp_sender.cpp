#include "telemetry/otlp_sender.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "rescuestream/logger.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{30'000};

// Servers that were stopped by the same failure must not come back at the same time.
milliseconds with_jitter(milliseconds pause) {
    static thread_local std::minstd_rand random{std::random_device{}()};
    std::uniform_real_distribution<double> factor(0.8, 1.2);
    return milliseconds(
        static_cast<milliseconds::rep>(static_cast<double>(pause.count()) * factor(random)));
}

}  // namespace

OtlpSender::OtlpSender(OtlpDestination destination, std::string signal, Logger& logger)
    : transport_(destination),
      url_(std::move(destination.url)),
      signal_(std::move(signal)),
      logger_(logger) {}

std::optional<std::uint64_t> OtlpSender::send(const std::string& body, milliseconds within) {
    auto latest = steady_clock::now() + within;
    auto pause = kFirstPause;
    bool is_last = false;
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            latest = std::min(latest, latest_);
        }
        const auto left = std::chrono::duration_cast<milliseconds>(latest - steady_clock::now());
        if (left <= milliseconds(0)) return std::nullopt;
        const auto answer = transport_.post(body, left);
        report(answer);
        if (answer.outcome == OtlpTransport::Outcome::kTaken) return answer.partial.rejected;
        if (answer.outcome == OtlpTransport::Outcome::kRefused) return std::nullopt;
        const auto next = std::max<milliseconds>(
            with_jitter(pause), answer.retry_after.value_or(std::chrono::seconds(0)));
        if (steady_clock::now() + next >= latest) return std::nullopt;
        pause = std::min(pause * 2, kLongestPause);
        if (is_last) return std::nullopt;
        is_last = !wait(next);
        // A collector that asks for time gets no last request at the end of the program.
        if (is_last && answer.retry_after) return std::nullopt;
    }
}

void OtlpSender::stop(steady_clock::time_point latest) {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        latest_ = latest;
    }
    transport_.give_up_at(latest);
    stopped_.notify_all();
}

bool OtlpSender::wait(milliseconds duration) {
    std::unique_lock lock(mutex_);
    return !stopped_.wait_for(lock, duration, [this] { return stopping_; });
}

void OtlpSender::report(const OtlpTransport::Answer& answer) {
    const bool fails = answer.outcome != OtlpTransport::Outcome::kTaken;
    const bool rejects = answer.partial.rejected > 0;
    if (rejects && !rejects_) {
        logger_.warning("the collector rejects a part of the telemetry",
                        {{"signal", signal_},
                         {"address", url_},
                         {"rejected", answer.partial.rejected},
                         {"error", answer.partial.message}});
    }
    if (!fails) rejects_ = rejects;
    if (fails == fails_) return;
    fails_ = fails;
    if (fails) {
        logger_.warning("the collector does not take telemetry",
                        {{"signal", signal_}, {"address", url_}, {"error", answer.problem}});
    } else {
        logger_.info("the collector takes telemetry again",
                     {{"signal", signal_}, {"address", url_}});
    }
}

}  // namespace rescuestream::server
