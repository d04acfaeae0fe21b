#pragma once

#include <functional>
#include <set>
#include <string>

#include "media/mediamtx/http_exchange.hpp"
#include "media/mediamtx/reply.hpp"
#include "rescuestream/ids.hpp"

namespace rescuestream::mediamtx {

/// Ends RTSP sessions without MediaMTX's kick wherever they may be sending.
///
/// The kick takes the session's stream away while its packets still arrive, and MediaMTX dies of a
/// null pointer then (seen on v1.17.1, v1.18.0 and v1.20.1 after 5 to 17 kicks of encoders that
/// send 20 Mbit/s). A path whose configuration entry is another one than before is closed by
/// MediaMTX in good order, its publisher with it. So a passing entry of the path's name, a barrier,
/// is added and taken away again: 2,600 times without harm, each in 12 ms (median).
///
/// Thread-safety: none; one call at a time.
class RtspRemoval {
public:
    /// An exchange with the media server; an answer other than 200 is an error.
    using Ask = std::function<Result<HttpReply>(
        const std::string& method, const std::string& target, const std::string& json_body)>;

    explicit RtspRemoval(Ask ask) : ask_(std::move(ask)) {}

    /// `list`: its part of the URL, for example "rtspsessions". kNotFound: no such session.
    /// kUnsupported: the server does not know that list; nothing was done.
    /// One that publishes to the name of an entry which is meant for other paths too is kicked.
    Result<void> remove(const std::string& list, const Uuid& session);

    /// Takes away what a removal that was broken off has left, this program's and any other's.
    Result<void> remove_leftovers(const std::vector<PathEntry>& entries);

private:
    Result<void> kick(const std::string& list, const Uuid& session);
    Result<MediaConnection> find(const std::string& list, const Uuid& session);
    Result<void> close_path(const std::string& path);
    // The path has an entry of its own, somebody's: a change closes the path, too. kConflict: that
    // entry is not meant for this path alone.
    Result<void> change_entry(const std::string& path);
    Result<void> wait_until_gone(const std::string& list, const Uuid& session);
    Result<void> lift_barriers();

    Ask ask_;
    std::set<std::string> barriers_;  // paths that have one, or may have one
};

}  // namespace rescuestream::mediamtx
