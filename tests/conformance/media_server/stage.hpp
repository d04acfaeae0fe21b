#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/media_server.hpp"

namespace rescuestream::testing {

/// An id that no connection has.
inline const ConnectionId kNobody{"11111111-2222-4333-8444-555555555555"};

/// How long a client of a stage waits for an answer.
inline constexpr std::chrono::milliseconds kStageTimeout{1'500};
/// How many items a client of a stage asks for at once.
inline constexpr std::size_t kStageItemsPerPage = 7;

/// One media server together with its encoders, viewers and faults.
class Stage {
public:
    virtual ~Stage() = default;

    virtual MediaServer& server() = 0;

    /// The protocols that encoders of this stage can use.
    virtual std::vector<ConnectionKind> publisher_kinds() const = 0;
    /// Resets the stage: no publishers, no path entries, no fault.
    virtual void reset() = 0;

    /// Starts an encoder that publishes to `path`; returns when the path is ready.
    virtual ConnectionId publish(ConnectionKind kind, const std::string& path) = 0;
    /// Starts an RTMP encoder that is accepted and does not publish yet.
    virtual ConnectionId connect(const std::string& path) = 0;
    /// Stops the encoder.
    virtual void stop_publishing(const std::string& path) = 0;
    /// Lets the encoders send something (those that do not send all the time).
    virtual void deliver(const std::string& path) = 0;
    /// Starts a viewer; returns the type that the media server reports for it.
    virtual std::string add_reader(const std::string& path) = 0;

    virtual void restart() = 0;
    virtual void set_down(bool down) = 0;
    virtual void set_hanging(bool hanging) = 0;
};

std::unique_ptr<Stage> make_fake_stage();
/// The stub with the route names of MediaMTX before v1.21, of v1.21, and with the new ones alone.
std::unique_ptr<Stage> make_stub_stage();
std::unique_ptr<Stage> make_stub_stage_with_both_route_names();
std::unique_ptr<Stage> make_stub_stage_with_new_route_names();

/// Throws SkipStage when there is no MediaMTX (MEDIAMTX_BIN, else in PATH) or no ffmpeg.
std::unique_ptr<Stage> make_media_mtx_stage();
struct SkipStage {
    std::string reason;
};

/// The stage that `main` created.
Stage& stage();

}  // namespace rescuestream::testing
