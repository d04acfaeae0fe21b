#include "key_list_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "rescuestream/json.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kBegin = "{\"stream_keys\":[";
// The text of one key in the list is usually shorter.
constexpr std::size_t kUsualSize = 448;

Cursor place_of(const StreamKey& key) {
    return {key.created_at, key.id.uuid()};
}

}  // namespace

class KeyListText::Builder {
public:
    Builder(std::size_t pieces, std::size_t size) {
        pieces_.reserve(pieces);
        text_.reserve(size);
        text_ = kBegin;
    }

    void add(const Cursor& place, std::string_view json, Timestamp true_until) {
        if (!pieces_.empty()) text_ += ',';
        pieces_.push_back({place, text_.size(), json.size(), true_until});
        all_true_until_ = std::min(all_true_until_, true_until);
        text_ += json;
    }
    void finish(KeyListText& list) {
        text_.append("],\"count\":").append(std::to_string(pieces_.size())).append("}");
        list.pieces_ = std::move(pieces_);
        list.text_ = std::make_shared<const std::string>(std::move(text_));
        list.all_true_until_ = all_true_until_;
    }

private:
    std::vector<Piece> pieces_;
    std::string text_;
    Timestamp all_true_until_ = Timestamp::max();
};

void KeyListText::clear() {
    Builder(0, 0).finish(*this);
}

void KeyListText::renew(std::vector<KeyListChanges::Entry> entries, Timestamp now) {
    if (entries.empty()) return;
    // Newest first; if a key occurs twice, its last entry comes first.
    std::reverse(entries.begin(), entries.end());
    std::stable_sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
        return place_of(left.key) > place_of(right.key);
    });
    const std::string_view before = *text_;
    Builder builder(pieces_.size() + entries.size(), before.size() + entries.size() * kUsualSize);
    auto entry = entries.begin();
    const auto add_entry = [&] {
        const Cursor place = place_of(entry->key);
        if (!entry->removed) {
            builder.add(place, to_json(entry->key, now),
                        json_changes_at(entry->key, now).value_or(Timestamp::max()));
        }
        while (entry != entries.end() && place_of(entry->key) == place) ++entry;
    };
    for (const Piece& piece : pieces_) {
        while (entry != entries.end() && place_of(entry->key) > piece.place) add_entry();
        if (entry != entries.end() && place_of(entry->key) == piece.place) {
            add_entry();
        } else {
            builder.add(piece.place, before.substr(piece.begin, piece.size), piece.true_until);
        }
    }
    while (entry != entries.end()) add_entry();
    builder.finish(*this);
}

std::vector<Cursor> KeyListText::due(Timestamp now) const {
    std::vector<Cursor> places;
    if (all_true_until_ > now) return places;
    for (const Piece& piece : pieces_) {
        if (piece.true_until <= now) places.push_back(piece.place);
    }
    return places;
}

}  // namespace rescuestream::server
