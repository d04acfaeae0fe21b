#include "rules/gaps.hpp"

namespace rescuestream::rules {

std::vector<StreamGap> gaps_of(const std::vector<StreamTransition>& timeline) {
    std::vector<StreamGap> gaps;
    bool is_interrupted = false;
    for (const auto& line : timeline) {
        if (line.kind == TransitionKind::kInterrupted && !is_interrupted) {
            gaps.push_back({line.at, std::nullopt});
            is_interrupted = true;
        } else if (line.kind == TransitionKind::kResumed && is_interrupted) {
            gaps.back().to = line.at;
            is_interrupted = false;
        } else if (line.kind == TransitionKind::kEnded && is_interrupted) {
            gaps.pop_back();
            is_interrupted = false;
        }
    }
    return gaps;
}

}  // namespace rescuestream::rules
