// Gives each request its id. It runs before everything that can answer, because every response
// carries the id, and every problem and log line names it.

#include <array>
#include <cstring>

#include "filters/list.hpp"
#include "support/make_uuid.hpp"
#include "support/redaction.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMaxRequestId = 128;

bool is_sane(std::string_view id) {
    if (id.empty() || id.size() > kMaxRequestId) return false;
    for (const char c : id) {
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':';
        if (!good) return false;
    }
    return !holds_secret(id);
}

// Ids of requests must be unique and need not be secret, so one call of the system's generator
// serves 32 of them.
class IdRandom final : public RandomSource {
public:
    void fill(std::span<std::uint8_t> out) override {
        if (bytes_.size() - used_ < out.size()) {
            system_random().fill(bytes_);
            used_ = 0;
        }
        std::memcpy(out.data(), bytes_.data() + used_, out.size());
        used_ += out.size();
    }

private:
    std::array<std::uint8_t, 32 * sizeof(Uuid)> bytes_{};
    std::size_t used_ = bytes_.size();
};

std::string new_request_id() {
    thread_local IdRandom random;
    return make_uuid(system_clock().now(), random).to_string();
}

class RequestIdFilter final : public Filter {
public:
    std::optional<HttpResponse> on_head(Call& call) const override {
        const auto given = call.request.header("x-request-id");
        call.request.request_id = given && is_sane(*given) ? std::string(*given) : new_request_id();
        return std::nullopt;
    }
    void on_answer(const Call& call, HttpResponse& response) const override {
        response.headers.emplace_back("X-Request-ID", call.request.request_id);
    }
};

}  // namespace

std::unique_ptr<Filter> make_request_id_filter() {
    return std::make_unique<RequestIdFilter>();
}

}  // namespace rescuestream::server
