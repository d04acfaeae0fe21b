#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rescuestream/key_changes.hpp"
#include "rescuestream/paging.hpp"

namespace rescuestream::server {

/// The body of `GET /stream-keys` for all keys, made anew from the one before and the keys that
/// changed: what did not change is copied as text.
///
/// Thread-safety: none.
class KeyListText {
public:
    KeyListText() { clear(); }

    /// As for no keys.
    void clear();
    /// Puts each entry in its place, newest first; of a key that is there twice the last one
    /// counts. What is there already stays as it was written then.
    void renew(std::vector<KeyListChanges::Entry> entries, Timestamp now);
    /// The keys whose text is no longer true at `now`, though nobody changed them: one that has
    /// expired meanwhile, for instance. Their places in the list: creation and id.
    std::vector<Cursor> due(Timestamp now) const;

    /// `{"stream_keys":[…],"count":n}`
    const std::string& text() const noexcept { return text_; }
    std::size_t count() const noexcept { return pieces_.size(); }

private:
    struct Piece {
        Cursor place;
        std::size_t begin = 0;  ///< In `text_`.
        std::size_t size = 0;
        Timestamp true_until;
    };
    class Builder;

    std::vector<Piece> pieces_;  // in the order of the text
    std::string text_;
};

}  // namespace rescuestream::server
