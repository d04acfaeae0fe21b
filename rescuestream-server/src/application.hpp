#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "context.hpp"
#include "filters/filter.hpp"
#include "http/service.hpp"

namespace rescuestream::server {

/// Answers requests: each request passes the filters, the handler of its route answers, and the
/// response passes the filters in the opposite order. It needs no socket. The routing filter knows
/// the routes; the caller of the constructor chooses the filters: see make_api.
///
/// Thread-safety: all methods may be called from any thread. Ownership: the objects that `context`
/// names must outlive it, and it must outlive the requests that it has received.
class Application final : public Service {
public:
    Application(const Context& context, Filters filters);
    /// An application without routes. Precondition: one of the filters answers every head.
    explicit Application(Filters filters);
    ~Application() override;
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    std::shared_ptr<PendingRequest> receive(HttpRequest request) const noexcept override;
    HttpResponse refuse(HttpRequest request, int status,
                        std::string_view why) const noexcept override;

    /// Receives a request and waits for the response.
    HttpResponse handle(HttpRequest request, BodySource& body) const noexcept;
    /// Does the same with the body in `request`.
    HttpResponse handle(HttpRequest request) const noexcept;

private:
    class Passage;

    const std::optional<Context> context_;
    const Filters filters_;
};

}  // namespace rescuestream::server
