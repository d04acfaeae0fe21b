#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>

namespace rescuestream {

/// Keeps one copy of each text, however many users it has.
///
/// Thread-safety: none; the owner locks.
class TextPool {
public:
    /// Returns the copy, which stays valid until `release` was called as often as this for it.
    const std::string* hold(std::string text) {
        const auto found = users_.try_emplace(std::move(text), 0).first;
        ++found->second;
        return &found->first;
    }
    /// Null is ignored.
    void release(const std::string* text) {
        if (text == nullptr) return;
        const auto found = users_.find(*text);
        if (found != users_.end() && --found->second == 0) users_.erase(found);
    }
    std::size_t size() const noexcept { return users_.size(); }

private:
    std::unordered_map<std::string, std::size_t> users_;
};

}  // namespace rescuestream
