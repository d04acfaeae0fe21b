#include "stream_list_text.hpp"

#include <utility>

#include "rescuestream/json.hpp"

namespace rescuestream::server {
namespace {

constexpr std::chrono::minutes kKeptUnused{1};

}  // namespace

std::string StreamListText::write(const std::vector<ListedStream>& streams,
                                  const AddressesOf& addresses_of) {
    const std::lock_guard lock(mutex_);
    written_at_ = std::chrono::steady_clock::now();
    check_addresses(streams, addresses_of);
    std::unordered_map<StreamId, Piece> pieces;
    pieces.reserve(streams.size());
    std::string text;
    text.reserve(last_size_ + last_size_ / 16);
    text = "{\"streams\":[";
    for (const ListedStream& stream : streams) {
        auto known = pieces_.extract(stream.id);
        if (!known.empty()) {
            known.mapped().stream.bitrate = stream.bitrate;
            known.mapped().stream.viewers = stream.viewers;
        }
        const bool is_same = !known.empty() && known.mapped().stream == stream;
        const auto place =
            is_same
                ? pieces.insert(std::move(known)).position
                : pieces
                      .emplace(stream.id,
                               Piece{stream, to_json_without_load(stream, addresses_of(stream))})
                      .first;
        if (text.back() == '}') text += ',';
        append_with_load(text, place->second.text, stream);
    }
    text.append("],\"count\":").append(std::to_string(streams.size())).append("}");
    pieces_ = std::move(pieces);
    last_size_ = text.size();
    return text;
}

void StreamListText::check_addresses(const std::vector<ListedStream>& streams,
                                     const AddressesOf& addresses_of) {
    std::map<std::string, ViewerAddresses> addresses;
    const std::string* node = nullptr;  // most streams have the node of the one before
    for (const ListedStream& stream : streams) {
        if (node != nullptr && *node == stream.node) continue;
        node = &stream.node;
        if (addresses.contains(*node)) continue;
        Stream one;
        one.node = *node;
        one.path = "path";
        addresses.emplace(*node, addresses_of(one));
    }
    if (addresses != addresses_) pieces_.clear();
    addresses_ = std::move(addresses);
}

bool StreamListText::forget_unused(Instant now) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return true;  // another request is using the texts at this moment
    if (now - written_at_ > kKeptUnused) pieces_.clear();
    return !pieces_.empty();
}

}  // namespace rescuestream::server
