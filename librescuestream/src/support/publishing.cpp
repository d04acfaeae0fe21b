#include "rescuestream/publishing.hpp"

namespace rescuestream {

std::string_view to_string(PublishRefusal refusal) noexcept {
    switch (refusal) {
        case PublishRefusal::kNoCredential:
            return "no_credential";
        case PublishRefusal::kInvalidPath:
            return "invalid_path";
        case PublishRefusal::kUnknownKey:
            return "unknown_key";
        case PublishRefusal::kRevoked:
            return "revoked";
        case PublishRefusal::kExpired:
            return "expired";
        case PublishRefusal::kDisabled:
            return "disabled";
        case PublishRefusal::kBlocked:
            return "blocked";
        case PublishRefusal::kWrongPath:
            return "wrong_path";
        case PublishRefusal::kForeignConnection:
            return "foreign_connection";
        case PublishRefusal::kInUse:
            return "in_use";
        case PublishRefusal::kPathKeysDenied:
            return "path_keys_denied";
        case PublishRefusal::kUnknownNode:
            return "unknown_node";
        case PublishRefusal::kNodeDraining:
            return "node_draining";
    }
    return "unknown";
}

}  // namespace rescuestream
