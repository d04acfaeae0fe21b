#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/ids.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// A request that its sender may repeat, because it cannot know whether the first one arrived.
struct RepeatableRequest {
    std::string_view caller;   ///< Name of the credential: each has keys of its own.
    std::string_view route;    ///< So has each route.
    std::string_view key;      ///< Chosen by the caller (Idempotency-Key), 1 to 255 bytes.
    std::string_view content;  ///< All that makes two requests the same.
};

/// What is known about a repeatable request.
enum class RepeatState {
    kFirst,       ///< It was not seen before, or nothing came of it. It is reserved: carry it out.
    kRunning,     ///< An equal one is being carried out.
    kOther,       ///< Another request has used the key.
    kAnswered,    ///< An equal one was carried out, and this is its answer.
    kUnanswered,  ///< An equal one was carried out, and its answer is not known.
};

struct RepeatedRequest {
    RepeatState state = RepeatState::kFirst;
    Uuid reservation;    ///< With kFirst: for RequestConditions::reservation.
    std::string answer;  ///< With kAnswered.
    /// With kUnanswered: what was changed, as its audit entry says.
    std::string made_type, made_id;
};

/// A repeatable request as a storage keeps it: digests and a sealed answer.
struct RequestReservation {
    KeyDigest key{};      ///< Of caller, route and key.
    KeyDigest content{};  ///< Of the content.
    Uuid id;              ///< Of this try to carry it out.
    Timestamp now{};
    Timestamp running_until{};  ///< Then its program counts as dead.
    Timestamp expires_at{};     ///< Then the key may be used for something else.
};

}  // namespace rescuestream
