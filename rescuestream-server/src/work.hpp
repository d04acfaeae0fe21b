#pragma once

namespace rescuestream::server {

/// What kind of work a route is. Each kind but the first has workers of its own, and waits for no
/// other.
enum class Work {
    kAuth,      ///< MediaMTX waits for it with all that it does. It holds no worker while it waits.
    kHook,      ///< Asks the media server back.
    kOrdinary,  ///< What people and their programs want.
    kProbe,     ///< Waits for nothing.
};

}  // namespace rescuestream::server
