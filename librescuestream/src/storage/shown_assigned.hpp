#pragma once

#include "rescuestream/incidents.hpp"

namespace rescuestream {

/// Keeps kMostShownAssigned of each list.
inline void limit_assigned(IncidentDetails& details) {
    const auto limit = [](auto& ids) {
        const bool has_more = ids.size() > kMostShownAssigned;
        if (has_more) ids.resize(kMostShownAssigned);
        return has_more;
    };
    details.has_more_broadcasters = limit(details.assigned.broadcaster_ids);
    details.has_more_stream_keys = limit(details.assigned.stream_key_ids);
}

}  // namespace rescuestream
