// Forbids caches to keep what administrators are answered: such answers hold key values, once, and
// what is true at this moment only. It stands behind the refusals, which hold nothing, and before
// the limits, whose answers are for their caller alone.

#include <algorithm>

#include "filters/list.hpp"

namespace rescuestream::server {
namespace {

class NoStoreFilter final : public Filter {
public:
    void on_answer(const Call& call, HttpResponse& response) const override {
        if (call.route->access != Access::kAdmin) return;
        // An answer with a tag tells caches by itself what they may do (Snapshots).
        const bool has_tag = std::any_of(response.headers.begin(), response.headers.end(),
                                         [](const auto& header) { return header.first == "ETag"; });
        if (!has_tag) response.headers.emplace_back("Cache-Control", "no-store");
    }
};

}  // namespace

std::unique_ptr<Filter> make_no_store_filter() {
    return std::make_unique<NoStoreFilter>();
}

}  // namespace rescuestream::server
