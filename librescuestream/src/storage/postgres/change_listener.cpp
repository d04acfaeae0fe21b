#include "storage/postgres/change_listener.hpp"

#include <sys/socket.h>

#include <chrono>
#include <pqxx/pqxx>
#include <utility>

#include "storage/postgres/open_connection.hpp"

namespace rescuestream::postgres {
namespace {

constexpr std::chrono::seconds kRetry{1};
// A pooler may be removed, or be only on the way to a new server.
constexpr std::chrono::seconds kRetryPooler{60};
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

ChangeListener::ChangeListener(Place place, Logger& logger, std::string own,
                               std::function<void()> listener)
    : place_(std::move(place)),
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
        is_pooled_ = false;
        try {
            listen();
        } catch (const sql::Failure& failure) {
            tell_failure(failure.detail);
        } catch (const std::exception& error) {
            tell_failure(error.what());
        }
        std::unique_lock lock(mutex_);
        socket_ = -1;
        const auto pause = is_pooled_ ? kRetryPooler : kRetry;
        if (changed_.wait_for(lock, pause, [this] { return stop_; })) return;
    }
}

void ChangeListener::listen() {
    PoolerState pooler{place_.pooler};
    const auto opened = open_connection(place_.session, pooler);
    is_pooled_ = opened.pooled;
    if (is_pooled_) return tell_pooler();
    pqxx::connection& connection = *opened.connection;
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

void ChangeListener::tell_failure(const std::string& text) {
    if (!stopping())
        logger_.debug("notifications of changes cannot be received", {{"error", text}});
}

void ChangeListener::tell_pooler() {
    if (std::exchange(pooler_is_told_, true)) return;
    if (place_.is_own_address) {
        logger_.warning(
            "DATABASE_LISTEN_URL leads to a connection pooler, which passes no notifications on: "
            "name the database server itself");
    } else {
        logger_.info(
            "changes by other servers are found by polling: a connection pooler passes no "
            "notifications on; DATABASE_LISTEN_URL may name the database server itself");
    }
}

bool ChangeListener::stopping() {
    const std::lock_guard lock(mutex_);
    return stop_;
}

}  // namespace rescuestream::postgres
