#pragma once

#include <algorithm>

#include "rescuestream/audit_draft.hpp"
#include "rescuestream/record_version.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::rules {

/// Checks the conditions of a change of `record`, which the step has read in its transaction and
/// has locked. kChangedMeanwhile: it has none of the versions.
template <class Record>
Result<void> check_conditions(const AuditDraft& change, const Record& record) {
    const auto& versions = change.conditions().versions;
    if (versions.empty()) return {};
    const auto present = record_version(record);
    if (std::find(versions.begin(), versions.end(), present) != versions.end()) return {};
    return Error{ErrorCode::kChangedMeanwhile,
                 "Somebody changed this record after you read it, so nothing was changed now. Read "
                 "it again, and repeat your change with its new version (ETag) if you still want "
                 "it.",
                 {},
                 {}};
}

}  // namespace rescuestream::rules
