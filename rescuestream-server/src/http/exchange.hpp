#pragma once

#include <cstddef>
#include <functional>

#include "http/response_writer.hpp"

namespace rescuestream::server {

class Connection;
class Lane;
struct Head;

/// Answers the requests that a reactor reads.
///
/// Thread-safety: `screen` and `answer` are called by any thread that currently owns the
/// connection, `run_periodic_work` by the reactor's thread.
class Exchange {
public:
    struct Screening {
        /// The lane that answers; null: the thread that read the request answers, without blocking.
        Lane* lane = nullptr;
        std::size_t body_limit = 0;  ///< 0: the request is refused without its body.
        bool is_preferred = false;   ///< It is served before the others of its lane.
    };
    using Send = std::function<void(ResponseBytes bytes)>;

    virtual ~Exchange() = default;

    /// Decides how a request with a complete head is answered. It must be quick: other connections
    /// wait meanwhile.
    virtual Screening screen(Connection& connection, Head& head) noexcept = 0;
    /// Called every 100 ms while there are connections.
    virtual void run_periodic_work() noexcept = 0;
    /// Passes `send` the bytes of the response to the request that `connection` has read, or of the
    /// refusal of a malformed one. It calls `send` once, before it returns or later on another
    /// thread. It may block only on a thread of a lane. With `overloaded` it answers at once that
    /// the server is overloaded.
    virtual void answer(Connection& connection, bool overloaded, Send send) noexcept = 0;
};

}  // namespace rescuestream::server
