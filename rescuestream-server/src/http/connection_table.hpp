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

/// The connections that are counted together: those of an address, of a network (IPv6), or of this
/// machine.
struct Peer {
    std::string name;
    std::size_t limit = 0;
    std::vector<std::shared_ptr<Connection>> connections;
    std::size_t handshakes = 0;
    // The result of the last search, with the slowest last. A search examines all connections of
    // the peer.
    std::vector<std::pair<Connection::Deadline, std::uint64_t>> candidates;
};

/// The open connections of a reactor, grouped by peer. It decides which of them is evicted when
/// there is no room for a new one.
///
/// Only a connection that the server waits for may be evicted: one that is idle, has not sent its
/// whole request, does not receive its response, or is in its TLS handshake. A connection whose
/// complete request is being answered is never evicted. The peer is the one that uses the largest
/// part of its limit; of its connections, the one without progress for the longest time (see
/// Connection::since) is evicted. A peer with many connections therefore loses its own before
/// others lose theirs.
///
/// Thread-safety: none; only the reactor's thread uses it. It examines a connection only while that
/// connection is armed, and only the reactor's thread disarms one.
class ConnectionTable {
public:
    using Pointer = std::shared_ptr<Connection>;
    /// Returns whether many callers may share this address (a proxy).
    using IsTrusted = std::function<bool(const std::string& address)>;

    ConnectionTable(const ConnectionLimits& limits, IsTrusted is_trusted)
        : limits_(limits), is_trusted_(std::move(is_trusted)) {}

    void add(const Pointer& connection);
    void remove(const Pointer& connection);
    /// Returns null when that connection is not open any more.
    Pointer find(std::uint64_t number) const;
    std::size_t size() const noexcept { return by_number_.size(); }
    bool empty() const noexcept { return by_number_.empty(); }
    template <class Visit>
    void for_each(Visit visit) const {
        for (const auto& [number, connection] : by_number_) visit(connection);
    }

    /// Returns whether the peer of this address has reached its limit.
    bool is_full(const std::string& address) const;
    /// Returns the connection of the peer, or of all, that is to be evicted. Returns null when all
    /// of them are being answered.
    Pointer slowest_of(const std::string& address);
    Pointer slowest();
    /// Returns the connections that hold more memory than `small` and at least the average, the
    /// slowest first.
    std::vector<Pointer> largest(std::size_t small) const;

    // The connections in their TLS handshake, which are also among those above.
    void begin_handshake(const Pointer& connection);
    /// Does nothing for a connection that is not in its handshake.
    void end_handshake(const Connection& connection);
    std::size_t handshakes() const noexcept { return handshakes_.size(); }
    /// Returns the oldest handshake of a peer that has no fewer of them than other peers. Returns
    /// null when a worker is busy with each of them.
    Pointer oldest_handshake() const;

private:
    // Returns the part of its limit that the peer uses.
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
