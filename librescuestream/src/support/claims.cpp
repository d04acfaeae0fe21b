#include "rescuestream/claims.hpp"

namespace rescuestream {

std::string_view to_string(ClaimDecision decision) noexcept {
    switch (decision) {
        case ClaimDecision::kGranted:
            return "granted";
        case ClaimDecision::kUnknownKey:
            return "unknown_key";
        case ClaimDecision::kRevoked:
            return "revoked";
        case ClaimDecision::kExpired:
            return "expired";
        case ClaimDecision::kBlocked:
            return "blocked";
        case ClaimDecision::kDisabled:
            return "disabled";
        case ClaimDecision::kWrongPath:
            return "wrong_path";
        case ClaimDecision::kForeignConnection:
            return "foreign_connection";
        case ClaimDecision::kInUse:
            return "in_use";
    }
    return "";
}

}  // namespace rescuestream
