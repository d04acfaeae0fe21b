#pragma once

#include "orchestrator/request_dependencies.hpp"
#include "rescuestream/publishing.hpp"

namespace rescuestream {

class PlaybackTokens;
class Tracer;
class Viewers;
struct Viewer;

/// The methods of StreamOrchestrator about the auth requests of viewers; its header documents them.
///
/// Thread-safety: all methods may be called from any thread.
class Viewing {
public:
    struct Dependencies : RequestDependencies {
        PlaybackTokens& tokens;
        Viewers& viewers;
        Tracer* tracer;  ///< Null: nothing is traced.
    };

    explicit Viewing(const Dependencies& dependencies) : d_(dependencies) {}

    ReadDecision decide_read(const ReadRequest& request);

private:
    ReadDecision judge(const ReadRequest& request);
    // Whether the media server itself reads: a relay, or a program that it started.
    bool is_own_reader(const ReadRequest& request) const;
    PlaybackPolicy policy_of(const ReadRequest& request, Timestamp now) const;
    // Adds the tokens to `viewer`.
    ViewerDecision judge_tokens(const ReadRequest& request, const std::vector<std::string>& texts,
                                Timestamp now, Viewer& viewer);
    // Records a viewer who may watch, and returns whether there is room for it.
    ViewerDecision admitted(const ReadRequest& request, PlaybackPolicy policy, Viewer viewer);

    const Dependencies d_;
};

}  // namespace rescuestream
