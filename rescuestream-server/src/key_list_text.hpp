#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"

namespace rescuestream::server {

/// The body of `GET /stream-keys` for all keys. It is rebuilt from the previous body and the keys
/// that changed; the text of unchanged keys is copied. Callers may keep a body while the next one
/// is built.
///
/// Thread-safety: none.
class KeyListText {
public:
    KeyListText() { clear(); }

    /// Resets the body to that of an empty list.
    void clear();
    /// Inserts each entry in its position, newest first. If a key occurs twice, its last entry
    /// counts. The text of other keys stays unchanged.
    void renew(std::vector<KeyListChanges::Entry> entries, Timestamp now);
    /// Returns the keys whose text is not correct any more at `now` although they were not changed,
    /// for example because they have expired. A key is given by its position in the list (creation
    /// time and id).
    std::vector<Cursor> due(Timestamp now) const;

    /// `{"stream_keys":[…],"count":n}`. Later changes of the list do not change this text; the list
    /// without a change returns the same object.
    const std::shared_ptr<const std::string>& text() const noexcept { return text_; }
    std::size_t count() const noexcept { return pieces_.size(); }

private:
    struct Piece {
        Cursor place;
        std::size_t begin = 0;  ///< Offset in `text_`.
        std::size_t size = 0;
        Timestamp true_until;
    };
    class Builder;

    std::vector<Piece> pieces_;  // in the order of the text
    std::shared_ptr<const std::string> text_;
    Timestamp all_true_until_ = Timestamp::max();  // the earliest of `pieces_`
};

}  // namespace rescuestream::server
