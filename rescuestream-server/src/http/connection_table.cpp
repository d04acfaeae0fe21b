#include "http/connection_table.hpp"

#include <algorithm>

#include "http/network.hpp"
#include "http/peer_address.hpp"

namespace rescuestream::server {
namespace {

// One search yields the next connections of a peer to be evicted: a sixteenth of all.
constexpr std::size_t kSearchShare = 16;
// How many connections with unread bytes are passed over in one search.
constexpr int kMostPassedOver = 16;

}  // namespace

std::uint64_t ConnectionTable::use_of(const Peer& peer) noexcept {
    return peer.connections.size() * 1'000'000 / peer.limit;
}

std::string ConnectionTable::name_of(const std::string& address) const {
    if (is_trusted_(address)) return address;
    return is_this_machine(address) ? "this machine" : network_of(address);
}

void ConnectionTable::add(const Pointer& connection) {
    const std::string& address = connection->origin.address;
    std::string name = name_of(address);
    Peer& peer = peers_[name];
    if (peer.connections.empty()) {
        // Many callers share such an address, but they must leave room for others.
        const bool is_many = is_this_machine(address) || is_trusted_(address);
        peer.limit = is_many ? std::max(limits_.connections_per_address, limits_.connections / 2)
                             : limits_.connections_per_address;
        peer.name = std::move(name);
    } else {
        by_use_.erase({use_of(peer), &peer});
    }
    connection->peer = &peer;
    connection->place = peer.connections.size();
    peer.connections.push_back(connection);
    by_use_.emplace(use_of(peer), &peer);
    by_number_.emplace(connection->origin.number, connection);
}

void ConnectionTable::remove(const Pointer& connection) {
    if (by_number_.erase(connection->origin.number) == 0) return;
    end_handshake(*connection);
    Peer& peer = *connection->peer;
    by_use_.erase({use_of(peer), &peer});
    // The last one moves to its index.
    peer.connections.back()->place = connection->place;
    std::swap(peer.connections[connection->place], peer.connections.back());
    peer.connections.pop_back();
    if (peer.connections.empty()) {
        peers_.erase(std::string(peer.name));
    } else {
        by_use_.emplace(use_of(peer), &peer);
    }
}

ConnectionTable::Pointer ConnectionTable::find(std::uint64_t number) const {
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : found->second;
}

bool ConnectionTable::is_full(const std::string& address) const {
    const auto found = peers_.find(name_of(address));
    return found != peers_.end() && found->second.connections.size() >= found->second.limit;
}

ConnectionTable::Pointer ConnectionTable::slowest_of(const std::string& address) {
    const auto found = peers_.find(name_of(address));
    return found == peers_.end() ? nullptr : slowest_of(found->second);
}

ConnectionTable::Pointer ConnectionTable::slowest() {
    for (auto most = by_use_.rbegin(); most != by_use_.rend(); ++most) {
        if (auto found = slowest_of(*most->second)) return found;
    }
    return nullptr;
}

ConnectionTable::Pointer ConnectionTable::slowest_of(Peer& peer) {
    if (auto found = next_candidate(peer, false)) return found;
    search(peer);
    if (auto found = next_candidate(peer, false)) return found;
    // All of them have unread bytes at this moment.
    search(peer);
    return next_candidate(peer, true);
}

ConnectionTable::Pointer ConnectionTable::next_candidate(Peer& peer, bool may_have_sent) {
    int passed_over = 0;
    while (!peer.candidates.empty() && passed_over < kMostPassedOver) {
        const auto [since, number] = peer.candidates.back();
        peer.candidates.pop_back();
        auto found = find(number);
        // Since the search it was closed, is being answered, or has made progress.
        if (!found || !found->is_armed || found->since != since) continue;
        if (may_have_sent || !found->has_unread()) return found;
        ++passed_over;
    }
    return nullptr;
}

void ConnectionTable::search(Peer& peer) {
    auto& candidates = peer.candidates;
    candidates.clear();
    for (const auto& connection : peer.connections) {
        if (connection->is_armed) {
            candidates.emplace_back(connection->since, connection->origin.number);
        }
    }
    const std::size_t wanted =
        std::min(candidates.size(),
                 std::max<std::size_t>(kMostPassedOver, candidates.size() / kSearchShare));
    const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(wanted);
    std::partial_sort(candidates.begin(), end, candidates.end());
    candidates.erase(end, candidates.end());
    std::reverse(candidates.begin(), candidates.end());
}

std::vector<ConnectionTable::Pointer> ConnectionTable::largest(std::size_t small) const {
    std::size_t sum = 0;
    std::vector<Pointer> found;
    for (const auto& [number, connection] : by_number_) {
        if (!connection->is_armed || connection->counted_bytes <= small) continue;
        sum += connection->counted_bytes;
        found.push_back(connection);
    }
    if (found.empty()) return found;
    const std::size_t average = sum / found.size();
    std::erase_if(found, [&](const auto& one) { return one->counted_bytes < average; });
    std::sort(found.begin(), found.end(),
              [](const auto& left, const auto& right) { return left->since < right->since; });
    return found;
}

void ConnectionTable::begin_handshake(const Pointer& connection) {
    handshakes_.emplace(connection->origin.number, connection);
    if (connection->peer->handshakes++ == 0) ++handshaking_peers_;
}

void ConnectionTable::end_handshake(const Connection& connection) {
    if (handshakes_.erase(connection.origin.number) == 0) return;
    if (--connection.peer->handshakes == 0) --handshaking_peers_;
}

ConnectionTable::Pointer ConnectionTable::oldest_handshake() const {
    for (const auto& [number, connection] : handshakes_) {
        if (!connection->is_armed) continue;
        if (connection->peer->handshakes * handshaking_peers_ >= handshakes_.size())
            return connection;
    }
    return nullptr;
}

}  // namespace rescuestream::server
