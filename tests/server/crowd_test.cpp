// Which connection gives way when there is no room for another one.

#include "http/crowd.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace rescuestream::server::testing {
namespace {

using std::chrono::seconds;

/// Connections over socket pairs; the other ends stay with it.
class Guests {
public:
    explicit Guests(ConnectionLimits limits = {})
        : limits_(limits), crowd(limits_, [](const std::string& address) {
              return address.starts_with("10.0.0.");
          }) {}
    ~Guests() {
        for (const int socket : ends_) close(socket);
    }
    /// One that has got nowhere for so many seconds.
    Crowd::Pointer add(const std::string& address, int slow, std::size_t bytes = 0) {
        std::array<int, 2> pair{};
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0);
        ends_.push_back(pair[1]);
        auto made = std::make_shared<Connection>(Connection::Origin{next_++, address, false},
                                                 make_plain_transport(pair[0]), 1'024);
        made->is_armed = true;
        made->since = kNow - seconds(slow);
        made->counted_bytes = bytes;
        crowd.add(made);
        return made;
    }
    void says_something(std::size_t index) { REQUIRE(::send(ends_[index], "x", 1, 0) == 1); }
    /// Makes room as often as can be; who gave way, by their numbers.
    std::string give_way() {
        std::string numbers;
        while (const auto one = crowd.slowest()) {
            numbers += std::to_string(one->origin.number) + " ";
            crowd.remove(one);
        }
        return numbers;
    }

private:
    static inline const Connection::Deadline kNow{std::chrono::hours(1)};
    const ConnectionLimits limits_;
    std::vector<int> ends_;
    std::uint64_t next_ = 0;

public:
    Crowd crowd;
};

TEST_CASE("the one that has got nowhere for the longest gives way first") {
    Guests guests;
    guests.add("192.0.2.1", 5);
    guests.add("192.0.2.1", 20);
    guests.add("192.0.2.1", 1);
    CHECK(guests.give_way() == "1 0 2 ");
    CHECK(guests.crowd.empty());
}

TEST_CASE("who has many connections gives one up before who has few") {
    Guests guests;
    guests.add("192.0.2.9", 60);
    for (int i = 0; i < 3; ++i) guests.add("192.0.2.1", 3 - i);
    CHECK(guests.give_way().starts_with("1 2 "));
}

TEST_CASE("the addresses of a v6 network, and those of this machine, are one peer each") {
    Guests guests;
    guests.add("2001:db8::1", 1);
    guests.add("2001:db8::ffff:2", 2);
    guests.add("2001:db8:0:1::1", 60);
    CHECK(guests.give_way().starts_with("1 "));
    Guests local;
    local.add("192.0.2.1", 60);
    local.add("127.0.0.2", 1);
    local.add("::1", 2);
    // It may have more, so it uses less of what it may have.
    for (int i = 0; i < 8; ++i) local.add("127.0.0." + std::to_string(10 + i), 3 + i);
    CHECK(local.give_way().starts_with("10 9 8 7 6 "));
}

TEST_CASE("a connection at work, and one that has sent something just now, do not give way") {
    Guests guests;
    guests.add("192.0.2.1", 50)->is_armed = false;
    guests.add("192.0.2.1", 40);
    guests.add("192.0.2.1", 5);
    guests.says_something(1);
    CHECK(guests.crowd.slowest()->origin.number == 2);
    // But when all have, somebody must.
    guests.says_something(2);
    CHECK(guests.crowd.slowest() != nullptr);
    guests.crowd.for_each([](const auto& one) { one->is_armed = false; });
    CHECK(guests.crowd.slowest() == nullptr);
}

TEST_CASE("one that got on since the last search is not taken for slow") {
    Guests guests;
    std::vector<Crowd::Pointer> all;
    for (int i = 0; i < 10; ++i) all.push_back(guests.add("192.0.2.1", 100 - i));
    CHECK(guests.crowd.slowest_of("192.0.2.1") == all[0]);
    all[1]->since += seconds(90);
    CHECK(guests.crowd.slowest_of("192.0.2.1") == all[2]);
}

TEST_CASE("one address may have so many; this machine and trusted proxies half of all") {
    ConnectionLimits limits;
    limits.connections = 8;
    limits.connections_per_address = 2;
    Guests guests(limits);
    const auto possible = [&](const std::string& address) {
        int count = 0;
        for (; !guests.crowd.is_full(address); ++count) guests.add(address, 1);
        return count;
    };
    CHECK(possible("192.0.2.1") == 2);
    CHECK(possible("127.0.0.1") == 4);
    CHECK(guests.crowd.is_full("127.0.0.2"));
    CHECK(possible("10.0.0.7") == 4);
    CHECK(possible("10.0.0.8") == 4);
}

TEST_CASE("memory is given up by those that hold much of it, the slowest first") {
    Guests guests;
    guests.add("192.0.2.1", 90, 100);
    guests.add("192.0.2.1", 10, 9'000);
    guests.add("192.0.2.2", 20, 8'000);
    guests.add("192.0.2.2", 30, 2'000);
    const auto largest = guests.crowd.largest(500);
    REQUIRE(largest.size() == 2);
    CHECK(largest[0]->origin.number == 2);
    CHECK(largest[1]->origin.number == 1);
}

TEST_CASE("a peer with few handshakes does not lose them to one with many") {
    Guests guests;
    guests.crowd.begin_handshake(guests.add("192.0.2.9", 60));
    for (int i = 0; i < 4; ++i) guests.crowd.begin_handshake(guests.add("192.0.2.1", 3));
    const auto oldest = guests.crowd.oldest_handshake();
    REQUIRE(oldest);
    CHECK(oldest->origin.number == 1);
    guests.crowd.remove(oldest);
    CHECK(guests.crowd.handshakes() == 4);
}

}  // namespace
}  // namespace rescuestream::server::testing
