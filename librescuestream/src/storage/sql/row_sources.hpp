#pragma once

#include "storage/sql/incident_statements.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/unreadable_rows.hpp"

// From which columns the records of records.hpp are read.
namespace rescuestream::sql {

inline constexpr RowSource kBroadcasterRows{"broadcasters", &kBroadcasterColumns};
inline constexpr RowSource kKeyRows{"stream_keys", &kKeyColumns};
inline constexpr RowSource kSessionRows{"stream_keys", &kSessionColumns};
/// Also of listed streams, whose further columns are always readable.
inline constexpr RowSource kStreamRows{"streams", &kStreamColumns};
inline constexpr RowSource kTransitionRows{"stream_transitions", &kTransitionColumns};
inline constexpr RowSource kCutoffRows{"cutoffs", &kCutoffColumns};
inline constexpr RowSource kAuditRows{"audit_entries", &kAuditColumns};
inline constexpr RowSource kIncidentRows{"incidents", &kIncidentColumns};

/// The same columns behind `offset` others.
constexpr RowSource behind(int offset, RowSource source) {
    source.offset = offset;
    return source;
}

}  // namespace rescuestream::sql
