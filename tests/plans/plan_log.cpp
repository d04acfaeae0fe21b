#include "plans/plan_log.hpp"

#include <algorithm>
#include <cmath>
#include <regex>
#include <stdexcept>

namespace rescuestream::testing {
namespace {

constexpr const char* kQuery = "\tQuery Text: ";

// Tables that grow with keys, streams and history.
const std::regex kSeqScan(
    R"(Seq Scan on (rescuestream\.)?(stream_keys|streams|stream_transitions|audit_entries|broadcasters|connection_claims)\b)");
const std::regex kActual(R"(\(actual rows=([0-9.]+) loops=([0-9]+)\))");
const std::regex kRemoved(R"(Rows Removed by [A-Za-z ]+: ([0-9.]+))");

std::uint64_t product(const std::string& rows, double loops) {
    return static_cast<std::uint64_t>(std::llround(std::stod(rows) * loops));
}

}  // namespace

PlanLog::PlanLog(const std::string& file) : file_(file) {
    if (!file_) throw std::runtime_error("cannot read the server's log " + file);
    read();
}

std::vector<Plan> PlanLog::read() {
    std::vector<Plan> plans;
    bool inside = false;
    double loops = 1;
    file_.clear();
    for (std::string line; std::getline(file_, line);) {
        if (!line.starts_with('\t')) {
            inside = line.find("  plan:") != std::string::npos;
            if (inside) plans.emplace_back();
            continue;
        }
        if (!inside) continue;
        Plan& plan = plans.back();
        if (line.starts_with(kQuery)) {
            plan.query = line.substr(std::string(kQuery).size());
            continue;
        }
        plan.text += line + '\n';
        std::smatch match;
        if (std::regex_search(line, match, kActual)) {
            loops = std::stod(match[2]);
            plan.most_rows = std::max(plan.most_rows, product(match[1], loops));
        } else if (std::regex_search(line, match, kRemoved)) {
            plan.most_rows = std::max(plan.most_rows, product(match[1], loops));
        }
        if (std::regex_search(line, kSeqScan) && line.find("never executed") == std::string::npos) {
            plan.reads_whole_table = true;
        }
    }
    return plans;
}

}  // namespace rescuestream::testing
