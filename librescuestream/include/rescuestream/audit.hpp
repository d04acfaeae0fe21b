#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/records.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream {

/// Which audit entries a list shows. An empty member does not restrict the list.
struct AuditFilter {
    std::optional<std::string> action;
    std::optional<std::string> actor_contains;  ///< Part of the name; ASCII case is ignored.
    std::optional<std::string> resource_type;
    std::optional<std::string> resource_id;
    /// Entries of releases that did not store an origin have none.
    std::optional<AuditOrigin> origin = std::nullopt;
    /// About this incident, its broadcasters, keys, streams and guest links, from its opening until
    /// it was closed.
    std::optional<IncidentId> incident_id;
    std::optional<Timestamp> from;  ///< Inclusive.
    std::optional<Timestamp> to;    ///< Inclusive.
    std::size_t limit = 50;
    std::size_t offset = 0;
};

/// Counting the matches of a search ends here.
constexpr std::uint64_t kMostCountedEntries = 10'000;

struct AuditPage {
    std::vector<AuditEntry> entries;  ///< Newest first by (timestamp, id).
    /// Number of entries that match, on all pages. If there are more than kMostCountedEntries, it
    /// is one more than that, and `total_is_exact` is false.
    std::uint64_t total = 0;
    bool total_is_exact = true;
};

/// An event that another program reports for the audit log.
struct NewAuditEvent {
    std::string event_type;
    std::optional<std::string> actor, resource_type, resource_id, request_method, request_path;
    std::optional<AuditOutcome> outcome;
    std::optional<std::string> failure_reason;
    JsonObject metadata;
};

}  // namespace rescuestream
