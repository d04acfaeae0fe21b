#include "orchestrator/repeatable_requests.hpp"

#include <chrono>
#include <string>

#include "orchestrator/counted_storage.hpp"
#include "support/crypto.hpp"
#include "support/make_uuid.hpp"
#include "support/sealing.hpp"

namespace rescuestream {
namespace {

// Longer than any request takes, with its waits for the database and for media servers.
constexpr std::chrono::seconds kLongestRun{60};
constexpr std::chrono::hours kKept{24};

KeyDigest key_of(const RepeatableRequest& request) {
    std::string text;
    for (const auto& part : {request.caller, request.route, request.key}) {
        text.append(std::to_string(part.size())).append(":").append(part);
    }
    return sha256(text);
}

// An answer only opens for the request to which it belongs.
std::string purpose_of(const KeyDigest& key, const KeyDigest& content) {
    return "answer\n" + to_hex(key) + to_hex(content);
}

}  // namespace

Result<RepeatedRequest> RepeatableRequests::reserve_request(const RepeatableRequest& request) {
    RequestReservation wanted;
    wanted.key = key_of(request);
    wanted.content = sha256(request.content);
    wanted.now = d_.clock.now();
    wanted.id = make_uuid(wanted.now, d_.random);
    wanted.running_until = wanted.now + kLongestRun;
    wanted.expires_at = wanted.now + kKept;
    auto known = d_.storage.reserve_request(wanted);
    if (!known || known->state != RepeatState::kAnswered) return known;
    const auto answer = unseal(Secret(std::string(request.key)),
                               purpose_of(wanted.key, wanted.content), known->answer);
    known->state = answer ? RepeatState::kAnswered : RepeatState::kUnanswered;
    known->answer = answer ? answer->reveal() : std::string();
    return known;
}

Result<void> RepeatableRequests::answer_request(const RepeatableRequest& request,
                                                const Uuid& reservation, std::string_view answer) {
    const auto purpose = purpose_of(key_of(request), sha256(request.content));
    return d_.storage.answer_request(
        reservation, seal(Secret(std::string(request.key)), purpose, answer, d_.random));
}

Result<void> RepeatableRequests::release_request(const Uuid& reservation) {
    return d_.storage.release_request(reservation);
}

}  // namespace rescuestream
