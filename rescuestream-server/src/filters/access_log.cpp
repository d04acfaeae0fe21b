// Writes the access log. Like the metrics filter, it runs outside of every filter that can change
// a response. It runs inside of the metrics filter, so that a request whose line cannot be
// written is still counted.

#include "filters/list.hpp"
#include "filters/record.hpp"

namespace rescuestream::server {
namespace {

class AccessLogFilter final : public Filter {
public:
    explicit AccessLogFilter(RequestObserver& observer) : observer_(observer) {}

    void on_answer(const Call& call, HttpResponse& response) const override {
        observer_.on_request(record_of(call, response));
    }

private:
    RequestObserver& observer_;
};

}  // namespace

std::unique_ptr<Filter> make_access_log_filter(RequestObserver& observer) {
    return std::make_unique<AccessLogFilter>(observer);
}

}  // namespace rescuestream::server
