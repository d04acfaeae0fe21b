#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "orchestrator/figures.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/session_runner.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/media_server.hpp"

namespace rescuestream {

class Logger;

/// Removes connections from the media server and makes sure that they are gone.
///
/// Thread-safety: all methods from any thread; connections are removed one at a time.
class Cutoffs final : public CutoffWorker {
public:
    struct Dependencies {
        CountedStorage& storage;
        MediaServer& media_server;
        SessionRunner& sessions;
        EventBus& events;
        const Figures& figures;
        const Clock& clock;
        Logger& logger;
        std::chrono::milliseconds deadline;
    };

    explicit Cutoffs(Dependencies dependencies) : d_(dependencies) {}

    /// Carries out each of them, in three tries and within the deadline; what is not done then
    /// stays in the storage as pending.
    CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) override;

    /// Removes every source for which `unwelcome` holds, in three tries and within the deadline,
    /// and `idle`, which were let in and do not deliver yet. Needs no storage.
    CutoffReport remove(const std::function<bool(const MediaPath&)>& unwelcome,
                        const std::vector<Cutoff>& idle);

    /// Kicks one source of a path. True when the media server did it.
    bool kick_source(const MediaSource& source);

    /// As of the last attempt.
    bool reaches_media_server() const noexcept { return reachable_; }

    /// Ends all waiting at once.
    void stop();

private:
    enum class Attempt { kGone, kStillThere, kUnreachable };
    enum class Outcome { kKicked, kWasAbsent, kPending };

    // `kicked` becomes true when a kick was answered with success.
    Attempt attempt(const Cutoff& cutoff, bool& kicked);
    // Kicks the connection if it is in a list of the protocol, as the key's. Empty: the media
    // server does not answer, or the storage.
    std::optional<bool> kick_connection(const Cutoff& cutoff);
    std::optional<bool> belongs_to(const MediaConnection& connection, const Cutoff& cutoff);
    static bool is_path_of(const std::string& path, const Cutoff& cutoff);
    // A source at one of the key's paths that must not be there.
    Result<std::optional<MediaSource>> find_unwelcome_source(const Cutoff& cutoff);
    bool is_welcome(const MediaPath& path, const Cutoff& cutoff);
    Outcome carry_out_one(const Cutoff& cutoff, std::chrono::steady_clock::time_point deadline);
    bool is_done(const Cutoff& cutoff);
    bool finish(const Cutoff& cutoff);
    void pause(std::chrono::milliseconds duration);

    Dependencies d_;
    std::atomic<bool> reachable_{true};
    std::mutex working_;
    std::mutex stop_mutex_;
    std::condition_variable stop_changed_;
    bool stopping_ = false;
};

}  // namespace rescuestream
