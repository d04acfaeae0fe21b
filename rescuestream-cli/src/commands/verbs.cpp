#include "commands/verbs.hpp"

#include <fmt/format.h>

#include <ostream>

#include "output.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream::cli {
namespace {

std::string connections(int count) {
    return fmt::format("{} connection{}", count, count == 1 ? "" : "s");
}

}  // namespace

void print_change(const Program& program, const Change& change) {
    auto& out = program.host.out;
    if (program.options.json) {
        out << "{\"" << change.member << "\":" << change.json
            << ",\"cutoff\":" << to_json(change.cutoff) << "}\n";
        return;
    }
    if (program.options.quiet) {
        out << change.id << '\n';
        return;
    }
    out << printable(change.sentence) << '\n';
    show_cutoff(program, change.cutoff);
}

void show_cutoff(const Program& program, const CutoffReport& report) {
    if (report.kicked > 0) {
        program.host.out << connections(report.kicked) << " cut off.\n";
    }
    for (const auto& node : report.nodes) {
        if (node.pending == 0) continue;
        program.host.err << connections(node.pending) << " on node " << printable(node.node)
                         << (node.reachable ? " could not be cut off yet"
                                            : ", which does not answer, could not be cut off yet")
                         << ": the server does it as soon as the node allows it.\n";
    }
    // A server's DELETE does not name the nodes.
    if (report.nodes.empty() && report.pending > 0) {
        program.host.err << connections(report.pending)
                         << " could not be cut off yet: the server does it as soon as the media "
                            "server answers.\n";
    }
}

}  // namespace rescuestream::cli
