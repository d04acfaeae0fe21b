// Counts every response. It is the outermost filter: everything that is sent is counted with its
// final status, including what other filters answer and the refusals of input that is not a
// request.

#include "filters/list.hpp"
#include "filters/record.hpp"

namespace rescuestream::server {
namespace {

class MetricsFilter final : public Filter {
public:
    explicit MetricsFilter(RequestObserver& observer) : observer_(observer) {}

    void on_answer(const Call& call, HttpResponse& response) const override {
        observer_.on_request(record_of(call, response));
    }

private:
    RequestObserver& observer_;
};

}  // namespace

std::unique_ptr<Filter> make_metrics_filter(RequestObserver& observer) {
    return std::make_unique<MetricsFilter>(observer);
}

}  // namespace rescuestream::server
