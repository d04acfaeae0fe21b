#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/connection.hpp"

namespace rescuestream::server {

/// Those whose connections are counted together: an address, a network (IPv6), or this machine.
struct Peer {
    std::string name;
    std::size_t limit = 0;
    std::vector<std::shared_ptr<Connection>> connections;
    std::size_t handshakes = 0;
    // Found by the last search, the slowest last: a search looks at all of the peer's.
    std::vector<std::pair<Connection::Deadline, std::uint64_t>> candidates;
};

/// The open connections of a reactor, by whom they are from, and which of them gives way when there
/// is no room for another one.
///
/// Only a connection that the server waits for gives way: one that is idle, has not sent all of its
/// request, does not take its answer, or is in its TLS handshake. One whose whole request is being
/// answered never does. It is always the one without progress for the longest (see
/// Connection::since), of the peer that uses most of what it may use: a peer's many connections
/// push out one another before they push out anybody else's.
///
/// Thread-safety: none; the reactor's thread has it. A connection is looked at only while it is
/// armed, which nobody but that thread changes.
class Crowd {
public:
    using Pointer = std::shared_ptr<Connection>;
    /// Whether many callers may come by this address (a proxy).
    using IsTrusted = std::function<bool(const std::string& address)>;

    Crowd(const ConnectionLimits& limits, IsTrusted is_trusted)
        : limits_(limits), is_trusted_(std::move(is_trusted)) {}

    void add(const Pointer& connection);
    void remove(const Pointer& connection);
    /// Null: it is not open any more.
    Pointer find(std::uint64_t number) const;
    std::size_t size() const noexcept { return by_number_.size(); }
    bool empty() const noexcept { return by_number_.empty(); }
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [number, connection] : by_number_) visit(connection);
    }

    /// The peer of this address has as many as it may have.
    bool is_full(const std::string& address) const;
    /// Which of the peer's, or of all, gives way. Null: all of them are at work.
    Pointer slowest_of(const std::string& address);
    Pointer slowest();
    /// Those that hold more memory than `small`, and no less than they do on average, the slowest
    /// first.
    std::vector<Pointer> largest(std::size_t small) const;

    // Of those in their TLS handshake, which are in here too.
    void begin_handshake(const Pointer& connection);
    /// Does nothing for one that is not in it.
    void end_handshake(const Connection& connection);
    std::size_t handshakes() const noexcept { return handshakes_.size(); }
    /// The oldest of a peer that has no fewer of them than others. Null: all are being worked on.
    Pointer oldest_handshake() const;

private:
    // The part of its limit that it uses.
    static std::uint64_t use_of(const Peer& peer) noexcept;
    std::string name_of(const std::string& address) const;
    Pointer slowest_of(Peer& peer);
    Pointer next_candidate(Peer& peer, bool may_have_sent);
    static void search(Peer& peer);

    const ConnectionLimits& limits_;
    const IsTrusted is_trusted_;
    std::unordered_map<std::uint64_t, Pointer> by_number_;
    std::unordered_map<std::string, Peer> peers_;
    std::set<std::pair<std::uint64_t, Peer*>> by_use_;
    std::map<std::uint64_t, Pointer> handshakes_;
    std::size_t handshaking_peers_ = 0;
};

}  // namespace rescuestream::server
