#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// The kind of work that a request needs. A carrier that reads many connections with one thread
/// gives each kind except the first its own workers, so that no kind waits for another.
enum class Work {
    kImmediate,  ///< It never blocks. Its response may come later, from another thread.
    kHook,       ///< It sends a request to another program before it answers.
    kOrdinary,   ///< The requests of people and their programs.
    kProbe,      ///< A health probe: it waits for nothing that could hang.
};

/// A request whose head has been read and that is not answered yet.
///
/// Thread-safety: one thread at a time.
class PendingRequest {
public:
    virtual ~PendingRequest() = default;

    virtual Work work() const noexcept = 0;
    /// Returns the size limit of its body. 0: the request is refused without its body, which need
    /// not be read.
    virtual std::size_t body_limit() const noexcept = 0;
    virtual bool is_head() const noexcept = 0;

    /// Answers the request by calling `respond` once, before it returns or later from another
    /// thread. It does not use `body` after it has returned. Call it once.
    virtual void answer(BodySource& body, Respond respond) noexcept = 0;
    /// Returns the response for a request that is refused without being answered. `status` must be
    /// the status of one of the problems.
    virtual HttpResponse refuse(int status, std::string_view why) noexcept = 0;
};

/// Answers requests, whichever carrier receives them.
///
/// Thread-safety: all methods may be called from any thread.
class Service {
public:
    virtual ~Service() = default;

    /// Receives a request without its body. Returns null when there is no memory for it.
    virtual std::shared_ptr<PendingRequest> receive(HttpRequest request) const noexcept = 0;
    /// Returns the response to input that is not a request: its head is malformed, or did not
    /// arrive.
    virtual HttpResponse refuse(HttpRequest request, int status,
                                std::string_view why) const noexcept = 0;
};

}  // namespace rescuestream::server
