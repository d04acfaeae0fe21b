#include "bench/load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "bench/answer_reader.hpp"

namespace rescuestream::bench {
namespace {

using Clock = std::chrono::steady_clock;

// One address has 28,000 ports, each of which stays in TIME_WAIT for a while after use.
constexpr std::uint32_t kSourceAddresses = 64;
constexpr std::uint32_t kFirstSource = 0x7f000101;  // 127.0.1.1

class Load {
public:
    Load(const LoadPlan& plan, const std::vector<Question>& questions)
        : plan_(plan), questions_(questions), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (poll_ < 0) throw std::runtime_error("epoll_create1 failed");
        result_.latencies.reserve(questions.size());
        if (plan.keep_bodies) result_.bodies.resize(questions.size());
        const bool needs_body = plan.keep_bodies || !plan.must_contain.empty();
        slots_.resize(std::min(plan.at_once, questions.size()));
        for (auto& slot : slots_) slot.answer = AnswerReader(needs_body);
        target_.sin_family = AF_INET;
        target_.sin_port = htons(plan.port);
        target_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    ~Load() {
        for (auto& slot : slots_) close(slot);
        ::close(poll_);
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

    LoadResult run() {
        begin_ = Clock::now();
        const auto end = begin_ + plan_.limit;
        ask_due_ones();
        auto next_look = begin_ + kLook;
        while (waiting_ > 0 || will_ask()) {
            epoll_event events[64];
            const auto longest = will_ask() ? kTick : kLook;
            const int count =
                ::epoll_wait(poll_, events, std::size(events), static_cast<int>(longest.count()));
            for (int i = 0; i < count; ++i) handle(slots_[events[i].data.u64], events[i].events);
            if (plan_.rate > 0) ask_due_ones();
            if (const auto now = Clock::now(); now >= next_look) {
                next_look = now + kLook;
                // Sends no more requests, and waits for no more answers.
                if (now >= end) limit_reached_ = true;
                give_up_late_ones(now);
            }
        }
        result_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
        result_.failed += questions_.size() - next_;
        std::sort(result_.latencies.begin(), result_.latencies.end());
        return std::move(result_);
    }

private:
    static constexpr std::chrono::milliseconds kLook{100};
    static constexpr std::chrono::milliseconds kTick{1};  // between requests at a rate

    struct Slot {
        int socket = -1;
        bool waits = false;
        bool reused = false;  // the connection has answered before
        bool wants_to_send = false;
        std::size_t question = 0;
        std::size_t sent = 0;
        Clock::time_point asked_at;
        AnswerReader answer;
    };

    // Whether there will be requests although no answer comes.
    bool will_ask() const { return plan_.rate > 0 && next_ < questions_.size() && !limit_reached_; }
    bool is_due() const {
        const std::chrono::duration<double> passed = Clock::now() - begin_;
        return plan_.rate == 0 || static_cast<double>(next_) <= passed.count() * plan_.rate;
    }
    void ask_due_ones() {
        for (auto& slot : slots_) {
            if (!slot.waits) ask_next(slot);
        }
    }

    void ask_next(Slot& slot) {
        while (next_ < questions_.size() && !limit_reached_ && is_due()) {
            slot.question = next_++;
            slot.asked_at = Clock::now();
            if (begin_question(slot)) return;
            finish(slot, false);
        }
    }

    // Returns false when it failed at once.
    bool begin_question(Slot& slot) {
        slot.answer.reset();
        slot.sent = 0;
        slot.reused = slot.socket >= 0;
        if (slot.socket < 0 && !open(slot)) return false;
        if (!send(slot)) {
            if (!slot.reused) return false;
            return begin_again(slot);
        }
        if (!slot.waits) ++waiting_;
        slot.waits = true;
        return true;
    }

    // The server may close a kept connection whenever no request is in flight on it; that is no
    // failure.
    bool begin_again(Slot& slot) {
        close(slot);
        return begin_question(slot);
    }

    bool open(Slot& slot) {
        slot.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (slot.socket < 0) return false;
        const int on = 1;
        ::setsockopt(slot.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(slot.socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        sockaddr_in source{};
        source.sin_family = AF_INET;
        source.sin_addr.s_addr = htonl(kFirstSource + connections_++ % kSourceAddresses);
        if (::bind(slot.socket, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
            return false;
        }
        if (::connect(slot.socket, reinterpret_cast<const sockaddr*>(&target_), sizeof target_) !=
                0 &&
            errno != EINPROGRESS) {
            return false;
        }
        slot.wants_to_send = false;
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = static_cast<std::uint64_t>(&slot - slots_.data());
        return ::epoll_ctl(poll_, EPOLL_CTL_ADD, slot.socket, &event) == 0;
    }

    bool send(Slot& slot) {
        const std::string_view bytes = questions_[slot.question].bytes;
        while (slot.sent < bytes.size()) {
            const auto count = ::send(slot.socket, bytes.data() + slot.sent,
                                      bytes.size() - slot.sent, MSG_NOSIGNAL);
            if (count < 0 && errno == EAGAIN) return watch_sending(slot, true);
            if (count <= 0) return false;
            slot.sent += static_cast<std::size_t>(count);
        }
        return !slot.wants_to_send || watch_sending(slot, false);
    }

    bool watch_sending(Slot& slot, bool wanted) {
        if (slot.wants_to_send == wanted) return true;
        slot.wants_to_send = wanted;
        epoll_event event{};
        event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
        event.data.u64 = static_cast<std::uint64_t>(&slot - slots_.data());
        return ::epoll_ctl(poll_, EPOLL_CTL_MOD, slot.socket, &event) == 0;
    }

    void handle(Slot& slot, std::uint32_t events) {
        if (slot.socket < 0) return;
        if ((events & EPOLLOUT) != 0 && !send(slot)) return fail(slot);
        if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
        char buffer[64 * 1024];
        const auto count = ::recv(slot.socket, buffer, sizeof buffer, 0);
        if (count < 0 && errno == EAGAIN) return;
        if (!slot.waits) return close(slot);
        if (count > 0) {
            slot.answer.feed({buffer, static_cast<std::size_t>(count)});
        } else {
            slot.answer.feed_end();
            if (!slot.answer.is_complete()) return fail(slot);
        }
        if (slot.answer.is_complete()) {
            finish(slot, true);
            ask_next(slot);
        }
    }

    void fail(Slot& slot) {
        if (slot.reused && !slot.answer.has_begun() && begin_again(slot)) return;
        finish(slot, false);
        ask_next(slot);
    }

    void finish(Slot& slot, bool is_answered) {
        const std::chrono::duration<double, std::micro> taken = Clock::now() - slot.asked_at;
        result_.latencies.push_back(taken.count());
        if (slot.waits) --waiting_;
        slot.waits = false;
        if (is_answered) {
            judge(slot);
        } else {
            ++result_.failed;
        }
        if (!is_answered || plan_.new_connections || slot.answer.closes_connection()) close(slot);
    }

    void judge(const Slot& slot) {
        const int right = questions_[slot.question].status;
        const int status = slot.answer.status();
        ++result_.statuses[status];
        if ((right != 0 && status != right) ||
            slot.answer.body().find(plan_.must_contain) == std::string::npos) {
            ++result_.wrong;
        }
        if (plan_.keep_bodies) result_.bodies[slot.question] = slot.answer.body();
    }

    void give_up_late_ones(Clock::time_point now) {
        for (auto& slot : slots_) {
            if (!slot.waits || (!limit_reached_ && now - slot.asked_at < plan_.timeout)) continue;
            finish(slot, false);
            ask_next(slot);
        }
    }

    static void close(Slot& slot) {
        if (slot.socket >= 0) ::close(slot.socket);
        slot.socket = -1;
    }

    const LoadPlan& plan_;
    const std::vector<Question>& questions_;
    int poll_;
    sockaddr_in target_{};
    std::vector<Slot> slots_;
    Clock::time_point begin_;
    std::size_t next_ = 0;
    std::size_t waiting_ = 0;
    std::uint32_t connections_ = 0;
    bool limit_reached_ = false;
    LoadResult result_;
};

}  // namespace

LoadResult run_load(const LoadPlan& plan, const std::vector<Question>& questions) {
    return Load(plan, questions).run();
}

}  // namespace rescuestream::bench
