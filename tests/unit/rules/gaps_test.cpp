#include "rules/gaps.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;
using std::chrono::seconds;

namespace {

StreamTransition line_at(int second, TransitionKind kind) {
    StreamTransition line;
    line.at = Timestamp{seconds(second)};
    line.kind = kind;
    return line;
}

Timestamp moment(int second) {
    return Timestamp{seconds(second)};
}

}  // namespace

TEST_CASE("the gaps of a stream are the times between its interruptions and its returns") {
    using enum TransitionKind;
    CHECK(rules::gaps_of({}).empty());
    CHECK(
        rules::gaps_of({line_at(0, kAccepted), line_at(1, kStarted), line_at(9, kEnded)}).empty());
    const std::vector<StreamTransition> twice{line_at(1, kStarted),      line_at(5, kInterrupted),
                                              line_at(7, kAccepted),     line_at(8, kResumed),
                                              line_at(20, kInterrupted), line_at(22, kResumed)};
    CHECK(rules::gaps_of(twice) ==
          std::vector<StreamGap>{{moment(5), moment(8)}, {moment(20), moment(22)}});
}

TEST_CASE("an interruption that goes on is a gap without an end, and one that ends it is none") {
    using enum TransitionKind;
    std::vector<StreamTransition> timeline{line_at(1, kStarted), line_at(5, kInterrupted)};
    CHECK(rules::gaps_of(timeline) == std::vector<StreamGap>{{moment(5), std::nullopt}});
    timeline.push_back(line_at(65, kEnded));
    CHECK(rules::gaps_of(timeline).empty());
}
