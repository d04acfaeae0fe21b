#pragma once

#include <optional>
#include <string>

#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/records.hpp"

namespace rescuestream {

struct NewBroadcaster {
    std::string display_name;
    JsonObject metadata;
};

struct BroadcasterPatch {
    std::optional<std::string> display_name;
    std::optional<JsonObject> metadata;
};

struct ChangedBroadcaster {
    Broadcaster broadcaster;
    CutoffReport cutoff;
};

}  // namespace rescuestream
