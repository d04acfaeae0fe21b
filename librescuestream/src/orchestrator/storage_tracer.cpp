#include "orchestrator/storage_tracer.hpp"

#include <optional>
#include <utility>

#include "rescuestream/tracer.hpp"

namespace rescuestream {
namespace {

struct TracedStep {
    explicit TracedStep(Span begun) : span(std::move(begun)), scope(span) {}

    Span span;
    const SpanScope scope;
};

// The step in progress on this thread.
thread_local std::optional<TracedStep> step_in_progress;

}  // namespace

void StorageTracer::step_begins(const StorageStep& step) noexcept {
    const ActiveSpan* const current = current_span();
    if (current == nullptr || !current->context.sampled) return;
    try {
        step_in_progress.emplace(child_span("storage " + std::string(step.method)));
    } catch (...) {
        return;  // without memory there is no span
    }
    Span& span = step_in_progress->span;
    span.set_constant("rescuestream.storage.step", step.method);
    span.set("rescuestream.storage.backend", backend_);
    if (step.size > 1) {
        span.set("rescuestream.batch.size", static_cast<std::int64_t>(step.size));
    }
}

void StorageTracer::step_ended(const StorageStep& /*step*/,
                               std::chrono::steady_clock::duration /*took*/,
                               const Error* error) noexcept {
    if (!step_in_progress) return;
    if (error != nullptr && is_storage_failure(error->code)) {
        step_in_progress->span.fail(to_string(error->code), error->message);
    }
    step_in_progress.reset();
}

}  // namespace rescuestream
