#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "http/message.hpp"

namespace rescuestream::server {

/// What kind of work a request is. A carrier that reads many connections with one thread gives each
/// kind but the first workers of its own, so that none waits for another.
enum class Work {
    kImmediate,  ///< Never waits. Its answer may come later, from another thread.
    kHook,       ///< Asks another program back.
    kOrdinary,   ///< What people and their programs want.
    kProbe,      ///< Waits for nothing that could hang.
};

/// A request whose head has been read, until it is answered.
///
/// Thread-safety: one thread at a time.
class PendingRequest {
public:
    virtual ~PendingRequest() = default;

    virtual Work work() const noexcept = 0;
    /// How large its body may be; 0: it is refused without its body, which need not be read.
    virtual std::size_t body_limit() const noexcept = 0;
    virtual bool is_head() const noexcept = 0;

    /// Answers by `respond`, once, before it returns or later from another thread. Does not read
    /// `body` any more when it has returned. Call it once.
    virtual void answer(BodySource& body, Respond respond) noexcept = 0;
    /// Returns the answer to a request that is not answered: `status` is one of the problems'.
    virtual HttpResponse refuse(int status, std::string_view why) noexcept = 0;
};

/// What answers requests, whoever carries them.
///
/// Thread-safety: all methods from any thread.
class Service {
public:
    virtual ~Service() = default;

    /// Takes a request without its body. Null: there is no memory for it.
    virtual std::shared_ptr<PendingRequest> receive(HttpRequest request) const noexcept = 0;
    /// Returns the answer to what is no request: its head is malformed, or did not arrive.
    virtual HttpResponse refuse(HttpRequest request, int status,
                                std::string_view why) const noexcept = 0;
};

}  // namespace rescuestream::server
