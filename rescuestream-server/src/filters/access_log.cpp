// Writes the access log. It stands outside of everything that can change an answer, as the metrics
// do, and inside of them: a request whose line cannot be written is counted all the same.

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
