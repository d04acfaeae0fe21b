#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rescuestream/addresses.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/health.hpp"
#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/stream_keys.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// The JSON of the HTTP contract (rescuestream-server/openapi.yaml), compact, UTF-8.
std::string to_json(const Broadcaster& broadcaster);
std::string to_json(const StreamKey& key, Timestamp now);
/// Returns the time after `now` at which `to_json(key, …)` gives another text although nobody
/// changes the key. Empty: never.
std::optional<Timestamp> json_changes_at(const StreamKey& key, Timestamp now);
std::string to_json(const Stream& stream, const ViewerAddresses& addresses);
/// With a member `figures`.
std::string to_json(const Stream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures);
std::string to_json(const StreamTransition& transition);
std::string to_json(const AuditEntry& entry);
/// A key that was just created, with the members `key_value`, `publish` and `playback` (addresses).
std::string to_json(const CreatedStreamKey& created, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now);
/// The same after a rotation.
std::string to_json(const RotatedStreamKey& rotated, const EncoderAddresses& encoder,
                    const ViewerAddresses& viewer, Timestamp now);
std::string to_json(const ViewerAddresses& addresses);
std::string to_json(const CutoffReport& report);
/// Without its password.
std::string to_json(const NodeStatus& status);
/// An array.
std::string to_json(const std::vector<HealthCheck>& checks);

/// A JSON string literal with its quotes.
std::string to_json(std::string_view text);

}  // namespace rescuestream
