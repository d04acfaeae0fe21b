#include "storage/postgres/change_listener.hpp"

#include <sys/socket.h>

#include <chrono>
#include <pqxx/pqxx>
#include <utility>

namespace rescuestream::postgres {
namespace {

constexpr std::chrono::seconds kRetry{1};
// libpq detects a broken connection only when it is used.
constexpr long kLongestWait = 10;

class Receiver final : public pqxx::notification_receiver {
public:
    Receiver(pqxx::connection_base& connection, const std::string& own,
             const std::function<void()>& listener)
        : pqxx::notification_receiver(connection, kChangeChannel), own_(own), listener_(listener) {}

    void operator()(const std::string& payload, int /*backend*/) override {
        if (payload != own_) listener_();
    }

private:
    const std::string& own_;
    const std::function<void()>& listener_;
};

}  // namespace

ChangeListener::ChangeListener(std::string conninfo, Logger& logger, std::string own,
                               std::function<void()> listener)
    : conninfo_(std::move(conninfo)),
      logger_(logger),
      own_(std::move(own)),
      listener_(std::move(listener)),
      thread_([this] { run(); }) {}

ChangeListener::~ChangeListener() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);  // interrupts the thread
    }
    changed_.notify_all();
    thread_.join();
}

void ChangeListener::run() {
    while (true) {
        try {
            listen();
        } catch (const std::exception& error) {
            if (!stopping())
                logger_.debug("notifications of changes cannot be received",
                              {{"error", error.what()}});
        }
        std::unique_lock lock(mutex_);
        socket_ = -1;
        if (changed_.wait_for(lock, kRetry, [this] { return stop_; })) return;
    }
}

void ChangeListener::listen() {
    pqxx::connection connection(conninfo_);
    const Receiver receiver(connection, own_, listener_);
    {
        const std::lock_guard lock(mutex_);
        if (stop_) return;
        socket_ = connection.sock();
    }
    struct Forget {
        ChangeListener& self;
        ~Forget() {
            const std::lock_guard lock(self.mutex_);
            self.socket_ = -1;
        }
    };
    const Forget forget{*this};
    listener_();  // notifications may have been lost before
    while (!stopping()) {
        if (connection.await_notification(kLongestWait, 0) == 0) {
            pqxx::nontransaction(connection).exec("SELECT 1");
        }
    }
}

bool ChangeListener::stopping() {
    const std::lock_guard lock(mutex_);
    return stop_;
}

}  // namespace rescuestream::postgres
