#pragma once

#include <memory>
#include <string_view>

#include "context.hpp"
#include "filters/filter.hpp"
#include "http/service.hpp"

namespace rescuestream::server {

/// Answers requests: each passes the filters, then the handler of its route answers, and the answer
/// passes the filters back. It needs no socket. Which routes there are is known to the filter that
/// finds them; which filters there are, to whoever makes it: see make_api.
///
/// Thread-safety: all methods from any thread. Ownership: what `context` names must outlive it, and
/// it must outlive the requests that it has received.
class Application final : public Service {
public:
    Application(const Context& context, Filters filters);
    ~Application() override;
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    std::shared_ptr<PendingRequest> receive(HttpRequest request) const noexcept override;
    HttpResponse refuse(HttpRequest request, int status,
                        std::string_view why) const noexcept override;

    /// Receives a request, and waits for its answer.
    HttpResponse handle(HttpRequest request, BodySource& body) const noexcept;
    /// The same with the body that is in the request.
    HttpResponse handle(HttpRequest request) const noexcept;

private:
    class Passage;

    const Context context_;
    const Filters filters_;
};

}  // namespace rescuestream::server
