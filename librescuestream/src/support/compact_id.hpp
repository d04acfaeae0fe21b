#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rescuestream/ids.hpp"

namespace rescuestream {

/// A text that is nearly always a UUID, in 24 bytes without a further allocation if it is one.
class CompactId {
public:
    explicit CompactId(std::string_view text) {
        const auto uuid = Uuid::parse(text);
        if (uuid && uuid->to_string() == text) {
            uuid_ = *uuid;
        } else {
            other_ = std::make_unique<const std::string>(text);
        }
    }

    std::string text() const { return other_ ? *other_ : uuid_.to_string(); }

    bool operator==(const CompactId& other) const noexcept {
        if (!other_ || !other.other_) return !other_ && !other.other_ && uuid_ == other.uuid_;
        return *other_ == *other.other_;
    }

    struct Hash {
        std::size_t operator()(const CompactId& id) const noexcept {
            return id.other_ ? std::hash<std::string>{}(*id.other_) : std::hash<Uuid>{}(id.uuid_);
        }
    };

private:
    Uuid uuid_;
    std::unique_ptr<const std::string> other_;  // null: it is a UUID in its usual form
};

}  // namespace rescuestream
