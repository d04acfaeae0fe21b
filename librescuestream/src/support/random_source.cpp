#include "rescuestream/random_source.hpp"

#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace rescuestream {
namespace {

class SystemRandom final : public RandomSource {
public:
    void fill(std::span<std::uint8_t> out) override {
        while (!out.empty()) {
            const ssize_t got = getrandom(out.data(), out.size(), 0);
            if (got < 0) {
                if (errno == EINTR) continue;
                throw std::runtime_error("The system's random generator does not answer.");
            }
            out = out.subspan(static_cast<std::size_t>(got));
        }
    }
};

}  // namespace

RandomSource& system_random() {
    static SystemRandom random;
    return random;
}

}  // namespace rescuestream
