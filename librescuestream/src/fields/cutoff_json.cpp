#include "fields/cutoff_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/cutoff_json.hpp"

namespace rescuestream {
namespace {

constexpr auto kDescribeCutoff = [](auto& io, auto& report) {
    io.required("kicked", report.kicked);
    io.required("pending", report.pending);
    io.array("nodes", report.nodes, [](auto& inner, auto& node) {
        inner.required("node", node.node);
        inner.required("kicked", node.kicked);
        inner.required("pending", node.pending);
        inner.required("reachable", node.reachable);
    });
};

}  // namespace

std::string to_json(const CutoffReport& report) {
    return json::write_record(report, kDescribeCutoff);
}

CutoffReport fields::read_cutoff(const rapidjson::Value& json) {
    return json::read_record<CutoffReport>(json, kDescribeCutoff);
}

}  // namespace rescuestream
