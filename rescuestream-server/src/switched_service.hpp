#pragma once

#include <atomic>

#include "http/service.hpp"

namespace rescuestream::server {

/// Passes each request to the service that is in force when its head has arrived. A server answers
/// with one service while it waits for its database at start, and with another one afterwards.
///
/// Thread-safety: all methods may be called from any thread. Ownership: both services must outlive
/// it, and the requests that they have received.
class SwitchedService final : public Service {
public:
    explicit SwitchedService(const Service& first) : service_(&first) {}

    void switch_to(const Service& next) noexcept { service_.store(&next); }

    std::shared_ptr<PendingRequest> receive(HttpRequest request) const noexcept override {
        return service_.load()->receive(std::move(request));
    }
    HttpResponse refuse(HttpRequest request, int status,
                        std::string_view why) const noexcept override {
        return service_.load()->refuse(std::move(request), status, why);
    }

private:
    std::atomic<const Service*> service_;
};

}  // namespace rescuestream::server
