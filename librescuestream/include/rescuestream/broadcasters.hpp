#pragma once

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

struct NewBroadcaster : BroadcasterMembers<AsValue> {};

struct BroadcasterPatch : BroadcasterMembers<AsChange> {};

struct ChangedBroadcaster {
    Broadcaster broadcaster;
    CutoffReport cutoff;
};

}  // namespace rescuestream
