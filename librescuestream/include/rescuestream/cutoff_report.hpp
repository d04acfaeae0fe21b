#pragma once

#include <string>
#include <vector>

namespace rescuestream {

/// What a cut-off did on one node.
struct NodeCutoff {
    std::string node;
    int kicked = 0;
    int pending = 0;
    bool reachable = true;  ///< False: that is why something is pending.
};

/// What a cut-off did, on all nodes together.
struct CutoffReport {
    int kicked = 0;   ///< Connections that are verifiably gone now.
    int pending = 0;  ///< Connections that will be removed as soon as their node allows it.
    std::vector<NodeCutoff> nodes;  ///< Those on which there was something to do, by name.
};

}  // namespace rescuestream
