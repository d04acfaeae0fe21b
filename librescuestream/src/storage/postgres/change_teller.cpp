#include "storage/postgres/change_teller.hpp"

#include <pthread.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "rescuestream/random_source.hpp"
#include "support/crypto.hpp"

namespace rescuestream::postgres {
namespace {

// Time between two notifications. Each makes other programs read the keys.
constexpr std::chrono::milliseconds kSpacing{25};

std::string make_payload() {
    std::array<std::uint8_t, 8> bytes{};
    system_random().fill(bytes);
    return "stream_keys " + base64url_encode(bytes);
}

}  // namespace

ChangeTeller::ChangeTeller(std::function<void(const std::string& payload)> send)
    : payload_(make_payload()), send_(std::move(send)), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), "tell-changes");
}

ChangeTeller::~ChangeTeller() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void ChangeTeller::tell() {
    {
        const std::lock_guard lock(mutex_);
        if (pending_) return;
        pending_ = true;
        if (!is_idle_) return;
    }
    changed_.notify_all();
}

void ChangeTeller::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        is_idle_ = true;
        changed_.wait(lock, [this] { return pending_ || stop_; });
        is_idle_ = false;
        if (!pending_) return;
        pending_ = false;
        lock.unlock();
        send_(payload_);
        lock.lock();
        changed_.wait_for(lock, kSpacing, [this] { return stop_; });
    }
}

}  // namespace rescuestream::postgres
