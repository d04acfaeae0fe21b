#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/streams.hpp"

namespace rescuestream::server {

/// Writes the body of `GET /streams` for all live streams. It keeps the text of each stream and
/// writes only that of streams that changed.
///
/// Thread-safety: all methods may be called from any thread. Calls of `write` run one at a time.
class StreamListText {
public:
    using Instant = std::chrono::steady_clock::time_point;
    /// Depends on the node and the path of the stream only.
    using AddressesOf = std::function<ViewerAddresses(const Stream&)>;

    /// `{"streams":[…],"count":n}`
    std::string write(const std::vector<ListedStream>& streams, const AddressesOf& addresses_of);

    /// Frees the texts when `write` was not called for a minute. Returns whether texts are still
    /// kept.
    bool forget_unused(Instant now);

private:
    struct Piece {
        ListedStream stream;
        std::string text;  // without the load
    };
    // Forgets all texts if the addresses of a node have changed.
    void check_addresses(const std::vector<ListedStream>& streams, const AddressesOf& addresses_of);

    std::mutex mutex_;
    std::unordered_map<StreamId, Piece> pieces_;
    std::map<std::string, ViewerAddresses> addresses_;  // of one path, by node
    std::size_t last_size_ = 0;
    Instant written_at_;
};

}  // namespace rescuestream::server
