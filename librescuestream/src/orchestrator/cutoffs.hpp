#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "orchestrator/figures.hpp"
#include "orchestrator/key_changes.hpp"
#include "orchestrator/session_runner.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/media_server.hpp"
#include "rescuestream/tracer.hpp"

namespace rescuestream {

class CutoffMeter;
class Logger;
class NotedEntries;

/// Removes connections from the media server and verifies that they are gone.
///
/// Thread-safety: all methods may be called from any thread; connections are removed one at a time.
class Cutoffs final : public CutoffWorker {
public:
    struct Dependencies {
        CountedStorage& storage;
        MediaServer& media_server;
        SessionRunner& sessions;
        EventBus& events;
        const Figures& figures;
        CutoffMeter& meter;
        const Clock& clock;
        Logger& logger;
        std::chrono::milliseconds deadline;
        Tracer* tracer = nullptr;       ///< Null: nothing is traced.
        NotedEntries* noted = nullptr;  ///< Null: completed cut-offs are not recorded.
    };

    explicit Cutoffs(Dependencies dependencies) : d_(dependencies) {}

    /// Carries out `cutoffs`, each with at most three attempts and all of them within the deadline;
    /// those of displaced connections last. Those that are not done then remain pending in the
    /// storage. Another thread may have carried out the same cut-off a moment before: then it is
    /// reported as that thread did it, and is neither logged nor counted again.
    CutoffReport carry_out(const std::vector<Cutoff>& cutoffs) override;

    /// Removes every source for which `unwelcome` returns true, and the connections of `idle`,
    /// which were accepted and do not deliver yet, with at most three attempts and within the
    /// deadline. Does not use the storage.
    CutoffReport remove(const std::function<bool(const MediaPath&)>& unwelcome,
                        const std::vector<Cutoff>& idle);

    /// Kicks one source of a path. Returns true if the media server confirmed the kick.
    bool kick_source(const MediaSource& source);

    /// True if the media server answered the last attempt.
    bool reaches_media_server() const noexcept { return reachable_; }

    /// Interrupts all waits.
    void stop();

private:
    enum class Attempt { kGone, kStillThere, kUnreachable };
    enum class Outcome { kKicked, kWasAbsent, kPending };
    struct Finished {
        StreamKeyId stream_key_id;
        ConnectionId connection;
        bool kicked = false;  // otherwise it was absent
    };

    // Sets `kicked` to true when a kick succeeds.
    Attempt attempt(const Cutoff& cutoff, bool& kicked);
    // Kicks the connection if a list of its protocol contains it and it belongs to the key. Empty:
    // the media server or the storage does not answer.
    std::optional<bool> kick_connection(const Cutoff& cutoff);
    std::optional<bool> belongs_to(const MediaConnection& connection, const Cutoff& cutoff);
    static bool is_path_of(const std::string& path, const Cutoff& cutoff);
    // Returns a source at one of the key's paths that must be removed.
    Result<std::optional<MediaSource>> find_unwelcome_source(const Cutoff& cutoff);
    bool is_welcome(const MediaPath& path, const Cutoff& cutoff);
    Outcome carry_out_traced(const Cutoff& cutoff, std::chrono::steady_clock::time_point deadline);
    Outcome carry_out_one(const Cutoff& cutoff, std::chrono::steady_clock::time_point deadline);
    // Returns how the cut-off was carried out; null: it has not been, as far as is known.
    const Finished* find_finished(const Cutoff& cutoff);
    bool is_done(const Cutoff& cutoff);
    bool finish(const Cutoff& cutoff);
    void pause(std::chrono::milliseconds duration);

    Dependencies d_;
    std::atomic<bool> reachable_{true};
    std::mutex working_;
    std::deque<Finished> finished_;  // the last ones; guarded by `working_`
    std::mutex stop_mutex_;
    std::condition_variable stop_changed_;
    bool stopping_ = false;
};

}  // namespace rescuestream
