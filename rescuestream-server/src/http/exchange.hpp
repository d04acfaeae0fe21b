#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace rescuestream::server {

class Connection;
class Lane;
struct Head;

/// What becomes of the requests that a reactor reads.
///
/// Thread-safety: `screen` and `answer` are called from any thread that has a connection in hand,
/// `look_after` on the reactor's thread.
class Exchange {
public:
    struct Screening {
        Lane* lane = nullptr;        ///< Who answers; null: whoever has read it, without waiting.
        std::size_t body_limit = 0;  ///< 0: it is refused without its body.
        bool is_preferred = false;   ///< It is served before others of its lane.
    };
    using Send = std::function<void(std::string bytes)>;

    virtual ~Exchange() = default;

    /// Judges a head that is whole. It must be quick: other connections wait meanwhile.
    virtual Screening screen(Connection& connection, Head& head) noexcept = 0;
    /// Called every 100 ms while there are connections.
    virtual void look_after() noexcept = 0;
    /// Gives `send` the bytes of the answer to what `connection` has read, or of the refusal of
    /// what is no request: once, before it returns, or later on another thread. It may wait only on
    /// the thread of a lane. `overloaded`: it says so, quickly.
    virtual void answer(Connection& connection, bool overloaded, Send send) noexcept = 0;
};

}  // namespace rescuestream::server
