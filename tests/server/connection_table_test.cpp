// Which connection is closed when the limit of connections is reached.

#include "http/connection_table.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace rescuestream::server::testing {
namespace {

using std::chrono::seconds;

/// Connections over socket pairs, with their other ends.
class Guests {
public:
    explicit Guests(ConnectionLimits limits = {})
        : limits_(limits), table(limits_, [](const std::string& address) {
              return address.starts_with("10.0.0.");
          }) {}
    ~Guests() {
        for (const int socket : ends_) close(socket);
    }
    /// Adds a connection without progress for that many seconds.
    ConnectionTable::Pointer add(const std::string& address, int slow, std::size_t bytes = 0) {
        std::array<int, 2> pair{};
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0);
        ends_.push_back(pair[1]);
        auto made = std::make_shared<Connection>(Connection::Origin{next_++, address, false},
                                                 make_plain_transport(pair[0]), 1'024);
        made->is_armed = true;
        made->since = kNow - seconds(slow);
        made->counted_bytes = bytes;
        table.add(made);
        return made;
    }
    void says_something(std::size_t index) { REQUIRE(::send(ends_[index], "x", 1, 0) == 1); }
    /// Makes room as often as possible; returns the numbers of the closed connections.
    std::string give_way() {
        std::string numbers;
        while (const auto one = table.slowest()) {
            numbers += std::to_string(one->origin.number) + " ";
            table.remove(one);
        }
        return numbers;
    }

private:
    static inline const Connection::Deadline kNow{std::chrono::hours(1)};
    const ConnectionLimits limits_;
    std::vector<int> ends_;
    std::uint64_t next_ = 0;

public:
    ConnectionTable table;
};

TEST_CASE("the connection with the longest time without progress is closed first") {
    Guests guests;
    guests.add("192.0.2.1", 5);
    guests.add("192.0.2.1", 20);
    guests.add("192.0.2.1", 1);
    CHECK(guests.give_way() == "1 0 2 ");
    CHECK(guests.table.empty());
}

TEST_CASE("a peer with many connections loses one before a peer with few") {
    Guests guests;
    guests.add("192.0.2.9", 60);
    for (int i = 0; i < 3; ++i) guests.add("192.0.2.1", 3 - i);
    CHECK(guests.give_way().starts_with("1 2 "));
}

TEST_CASE("the addresses of an IPv6 /64 are one peer, and so are those of this machine") {
    Guests guests;
    guests.add("2001:db8::1", 1);
    guests.add("2001:db8::ffff:2", 2);
    guests.add("2001:db8:0:1::1", 60);
    CHECK(guests.give_way().starts_with("1 "));
    Guests local;
    local.add("192.0.2.1", 60);
    local.add("127.0.0.2", 1);
    local.add("::1", 2);
    // This machine may have more connections, so it uses a smaller share of its limit.
    for (int i = 0; i < 8; ++i) local.add("127.0.0." + std::to_string(10 + i), 3 + i);
    CHECK(local.give_way().starts_with("10 9 8 7 6 "));
}

TEST_CASE("a connection at work, and one that has just sent something, are not closed") {
    Guests guests;
    guests.add("192.0.2.1", 50)->is_armed = false;
    guests.add("192.0.2.1", 40);
    guests.add("192.0.2.1", 5);
    guests.says_something(1);
    CHECK(guests.table.slowest()->origin.number == 2);
    // If all have just sent something, one is closed nevertheless.
    guests.says_something(2);
    CHECK(guests.table.slowest() != nullptr);
    guests.table.for_each([](const auto& one) { one->is_armed = false; });
    CHECK(guests.table.slowest() == nullptr);
}

TEST_CASE("a connection that made progress since the last search does not count as slow") {
    Guests guests;
    std::vector<ConnectionTable::Pointer> all;
    for (int i = 0; i < 10; ++i) all.push_back(guests.add("192.0.2.1", 100 - i));
    CHECK(guests.table.slowest_of("192.0.2.1") == all[0]);
    all[1]->since += seconds(90);
    CHECK(guests.table.slowest_of("192.0.2.1") == all[2]);
}

TEST_CASE(
    "one address has a limit of connections; this machine and trusted proxies may have half") {
    ConnectionLimits limits;
    limits.connections = 8;
    limits.connections_per_address = 2;
    Guests guests(limits);
    const auto possible = [&](const std::string& address) {
        int count = 0;
        for (; !guests.table.is_full(address); ++count) guests.add(address, 1);
        return count;
    };
    CHECK(possible("192.0.2.1") == 2);
    CHECK(possible("127.0.0.1") == 4);
    CHECK(guests.table.is_full("127.0.0.2"));
    CHECK(possible("10.0.0.7") == 4);
    CHECK(possible("10.0.0.8") == 4);
}

TEST_CASE("connections that hold much memory are closed to free it, the slowest first") {
    Guests guests;
    guests.add("192.0.2.1", 90, 100);
    guests.add("192.0.2.1", 10, 9'000);
    guests.add("192.0.2.2", 20, 8'000);
    guests.add("192.0.2.2", 30, 2'000);
    const auto largest = guests.table.largest(500);
    REQUIRE(largest.size() == 2);
    CHECK(largest[0]->origin.number == 2);
    CHECK(largest[1]->origin.number == 1);
}

TEST_CASE("a peer with few handshakes does not lose them to one with many") {
    Guests guests;
    guests.table.begin_handshake(guests.add("192.0.2.9", 60));
    for (int i = 0; i < 4; ++i) guests.table.begin_handshake(guests.add("192.0.2.1", 3));
    const auto oldest = guests.table.oldest_handshake();
    REQUIRE(oldest);
    CHECK(oldest->origin.number == 1);
    guests.table.remove(oldest);
    CHECK(guests.table.handshakes() == 4);
}

}  // namespace
}  // namespace rescuestream::server::testing
