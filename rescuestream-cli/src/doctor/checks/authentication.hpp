#pragma once

namespace rescuestream::cli::doctor {

class Installation;
struct NodeFacts;

/// Whether `check_authentication` finds nothing wrong with the node, so that its media server asks
/// this installation about every publisher. False also if its configuration cannot be read.
bool asks_here(Installation& installation, const NodeFacts& node);

}  // namespace rescuestream::cli::doctor
