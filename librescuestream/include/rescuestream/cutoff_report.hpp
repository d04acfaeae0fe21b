#pragma once

#include <string>
#include <vector>

namespace rescuestream {

/// The result of a cut-off on one node.
struct NodeCutoff {
    std::string node;
    int kicked = 0;
    int pending = 0;
    bool reachable = true;  ///< False: the node does not answer, so `pending` is not 0.
};

/// The result of a cut-off on all nodes.
struct CutoffReport {
    int kicked = 0;   ///< Connections whose end the media server has confirmed.
    int pending = 0;  ///< Connections that will be removed as soon as their node allows it.
    std::vector<NodeCutoff> nodes;  ///< Nodes that had a connection to remove, sorted by name.
};

}  // namespace rescuestream
