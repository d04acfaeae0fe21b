#pragma once

#include <optional>
#include <string>

#include "rescuestream/repeatable_requests.hpp"

namespace rescuestream {

/// A reservation that a storage keeps.
struct KeptReservation {
    KeyDigest content{};
    Timestamp running_until{};
    Timestamp expires_at{};
    bool made = false;
    std::string made_type, made_id;
    std::optional<std::string> answer;
};

/// Returns what `kept` says about a request with the same key. kFirst: `wanted` replaces it.
inline RepeatedRequest known_of(const KeptReservation& kept, const RequestReservation& wanted) {
    const auto is = [&](RepeatState state) {
        return RepeatedRequest{state, wanted.id, {}, {}, {}};
    };
    if (kept.expires_at <= wanted.now) return is(RepeatState::kFirst);
    if (kept.content != wanted.content) return is(RepeatState::kOther);
    if (kept.made && kept.answer) {
        return {RepeatState::kAnswered, {}, *kept.answer, kept.made_type, kept.made_id};
    }
    if (kept.running_until > wanted.now) return is(RepeatState::kRunning);
    if (!kept.made) return is(RepeatState::kFirst);
    return {RepeatState::kUnanswered, {}, {}, kept.made_type, kept.made_id};
}

/// The message of a change whose reservation is gone.
constexpr const char* kReservationIsGone =
    "This request took so long that an equal one with the same Idempotency-Key replaced it; this "
    "one "
    "changed nothing.";

}  // namespace rescuestream
