// Forbids caches to keep responses to administrators: they may contain new key values, and data
// that is correct only at this moment. It runs after the refusals, which contain neither, and
// before the limits, whose responses are for their caller alone.

#include <algorithm>

#include "filters/list.hpp"

namespace rescuestream::server {
namespace {

class NoStoreFilter final : public Filter {
public:
    void on_answer(const Call& call, HttpResponse& response) const override {
        if (call.route->permission.access != Access::kCredential) return;
        // The response to a GET with an ETag states its own rules (tagged_answer).
        const bool has_rules =
            std::any_of(response.headers.begin(), response.headers.end(),
                        [](const auto& header) { return header.first == "Cache-Control"; });
        if (!has_rules) response.headers.emplace_back("Cache-Control", "no-store");
    }
};

}  // namespace

std::unique_ptr<Filter> make_no_store_filter() {
    return std::make_unique<NoStoreFilter>();
}

}  // namespace rescuestream::server
