#pragma once

#include <string>

#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

struct ApiCredential;
struct GuestLink;
struct Incident;
struct PlaybackKey;

/// Returns the version of a record: a text of 22 characters of base64url that differs after each
/// change that a caller can make of the record. What the service itself notes about a record (when
/// a key was last used, the state of a node) does not change its version, and neither does a change
/// of another record (the broadcaster of a key). It is computed from the record, so all storages
/// and servers return the same, and it contains no secret.
std::string record_version(const Broadcaster& broadcaster);
std::string record_version(const StreamKey& key);
std::string record_version(const Node& node);
std::string record_version(const ApiCredential& credential);
std::string record_version(const Incident& incident);
std::string record_version(const GuestLink& link);
std::string record_version(const PlaybackKey& key);

}  // namespace rescuestream
