#include "orchestrator/refusal_table.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "rescuestream/redaction.hpp"
#include "support/crypto.hpp"
#include "support/network.hpp"
#include "support/text.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kLongestAddressText = 64;
constexpr std::size_t kLongestText = 255;
constexpr std::size_t kMostSenders = 1'024;
constexpr std::chrono::minutes kNetworkWindow{10};

std::string shown(const std::string& text, std::size_t longest) {
    if (!is_clean_utf8(text)) return {};
    // Masked before it is shortened: the beginning of a key value is not recognised as one.
    return shortened(redact_key_values(text), longest);
}

RefusedAttemptId id_of(const RefusedAttempt& attempt) {
    std::string text(to_string(attempt.action));
    const auto add = [&](std::string_view part) { (text += '\0') += part; };
    add(attempt.network);
    add(to_string(attempt.protocol));
    add(attempt.path);
    add(attempt.reason);
    add(attempt.stream_key_id ? attempt.stream_key_id->to_string() : std::string());
    const auto digest = sha256(text);
    Uuid::Bytes bytes{};
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    // RFC 9562, version 8: the other bits mean what the maker of the id wants.
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x80U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
    return RefusedAttemptId(Uuid(bytes));
}

}  // namespace

RefusedAttempt countable(RefusedAttempt attempt) {
    attempt.remote_address = shown(attempt.remote_address, kLongestAddressText);
    attempt.network = network_of(attempt.remote_address);
    attempt.path = shown(attempt.path, kLongestText);
    attempt.node = shown(attempt.node, kLongestText);
    attempt.user_agent = shown(attempt.user_agent, kLongestText);
    attempt.id = id_of(attempt);
    return attempt;
}

void RefusalTable::Lane::add(RefusedAttempt attempt) {
    const auto known = by_id_.find(attempt.id);
    if (known != by_id_.end()) {
        RefusedAttempt& entry = *known->second;
        attempt.times += entry.times;
        attempt.first_at = std::min(attempt.first_at, entry.first_at);
        // What is put back is older than what has been added meanwhile.
        if (attempt.last_at < entry.last_at) {
            entry.times = attempt.times;
            entry.first_at = attempt.first_at;
            return;
        }
        entry = std::move(attempt);
        order_.splice(order_.end(), order_, known->second);
        return;
    }
    if (order_.size() >= kPlaces) {
        by_id_.erase(order_.front().id);
        order_.pop_front();
    }
    order_.push_back(std::move(attempt));
    by_id_.emplace(order_.back().id, std::prev(order_.end()));
}

void RefusalTable::Lane::take(std::size_t most, std::vector<RefusedAttempt>& out) {
    for (; most > 0 && !order_.empty(); --most) {
        by_id_.erase(order_.front().id);
        out.push_back(std::move(order_.front()));
        order_.pop_front();
    }
}

void RefusalTable::add(RefusedAttempt attempt) {
    if (attempt.stream_key_id) {
        limit_paths(attempt, of_key_, attempt.stream_key_id->to_string());
        with_key_.add(std::move(attempt));
        return;
    }
    limit_paths(attempt, of_network_, attempt.network);
    others_.add(std::move(attempt));
}

void RefusalTable::limit_paths(RefusedAttempt& attempt, Entries& entries,
                               const std::string& sender) {
    const bool is_over =
        attempt.last_at < window_begun_ || attempt.last_at - window_begun_ >= kNetworkWindow;
    if (is_over) {
        window_begun_ = attempt.last_at;
        of_network_.by_sender.clear();
        of_key_.by_sender.clear();
    }
    auto found = entries.by_sender.find(sender);
    if (found == entries.by_sender.end()) {
        if (entries.by_sender.size() >= kMostSenders) return;
        found = entries.by_sender.try_emplace(sender).first;
    }
    auto& ids = found->second;
    if (ids.contains(attempt.id)) return;
    if (ids.size() < entries.most) {
        ids.insert(attempt.id);
        return;
    }
    attempt.path = std::string(kOtherPaths);
    attempt.id = id_of(attempt);
}

void RefusalTable::put_back(std::vector<RefusedAttempt> attempts) {
    for (auto& attempt : attempts) {
        Lane& lane = attempt.stream_key_id ? with_key_ : others_;
        lane.add(std::move(attempt));
    }
}

std::vector<RefusedAttempt> RefusalTable::take(std::size_t most) {
    std::vector<RefusedAttempt> taken;
    with_key_.take(most, taken);
    others_.take(most - taken.size(), taken);
    return taken;
}

}  // namespace rescuestream
