#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "rescuestream/trace_context.hpp"

namespace rescuestream {

enum class SpanKind { kInternal, kServer, kClient };

using SpanTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// `name` is a constant text, and so is a `std::string_view` in `value`. All texts in `value` are
/// valid UTF-8 without control characters.
struct SpanAttribute {
    std::string_view name;
    std::variant<bool, std::int64_t, double, std::string_view, std::string> value;
};

/// A span that has ended. No member contains a secret, a key value or a value of an SQL statement.
struct SpanRecord {
    static constexpr std::size_t kMaxAttributes = 32;
    static constexpr std::size_t kMaxLinks = 64;
    static constexpr std::size_t kMaxText = 256;  ///< Bytes of a text; longer ones are cut.

    SpanContext context;
    SpanId parent{};  ///< Zero: it is the first span of its trace.
    bool parent_is_remote = false;
    SpanKind kind = SpanKind::kInternal;
    std::string name;  ///< Without ids: there are only few different names.
    SpanTime started;
    SpanTime ended;
    std::vector<SpanAttribute> attributes;
    std::vector<SpanContext> links;  ///< Spans that this one is about, beside its parent.
    std::uint32_t dropped_attributes = 0;
    std::uint32_t dropped_links = 0;
    bool failed = false;
    std::string failure;  ///< If it failed, a sentence for people; may be empty.
};

/// Gives back a record that is not needed any more. A later span of this thread uses its memory
/// again, so a tracer that drops or copies records saves their allocation. May be null.
void reuse(std::unique_ptr<SpanRecord> record) noexcept;

/// Receives the spans of the library.
///
/// Thread-safety: called from any thread. Must not block, must not throw and must not call back
/// into the library.
class Tracer {
public:
    virtual ~Tracer() = default;

    /// Called when a span begins. Returns its context: the trace id of the parent and a new span
    /// id, or new ids if `parent` is null. If the returned context is not sampled, nothing is
    /// recorded and `end` is not called for it.
    virtual SpanContext begin(std::string_view name, SpanKind kind,
                              const SpanContext* parent) noexcept = 0;
    /// Called once for each sampled span when it has ended.
    virtual void end(std::unique_ptr<SpanRecord> span) noexcept = 0;
};

/// A span that has not ended, and the tracer that receives it.
struct ActiveSpan {
    Tracer* tracer = nullptr;  ///< Null: there is no span.
    SpanContext context;
};

/// Records one operation, from its construction to `end` or its destruction. A span without a
/// tracer, or one that is not sampled, records nothing; then all methods do nothing.
///
/// Thread-safety: one thread at a time. Ownership: the tracer must outlive it.
class Span {
public:
    Span() noexcept = default;
    /// Begins a span of `tracer`; null: it records nothing. `parent` is null for the first span of
    /// a trace.
    Span(Tracer* tracer, std::string_view name, SpanKind kind, const SpanContext* parent) noexcept;
    Span(Span&& other) noexcept;
    Span& operator=(Span&& other) noexcept;
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span() { end(); }

    /// Returns whether anything is recorded. Check it before computing an attribute.
    bool records() const noexcept { return record_ != nullptr; }
    /// Returns the span as a parent of others. Its tracer is null if there is no span.
    const ActiveSpan& active() const noexcept { return active_; }

    // Beyond the limits of SpanRecord, attributes and links are dropped and counted. `name` must be
    // a constant text. Not for secrets, key values and paths that may be key values.
    void set(std::string_view name, std::string_view value) noexcept;
    void set(std::string_view name, const char* value) noexcept {
        set(name, std::string_view(value));
    }
    void set(std::string_view name, std::int64_t value) noexcept;
    void set(std::string_view name, bool value) noexcept;
    void set(std::string_view name, double value) noexcept;
    /// The same for a text that is plain ASCII and that always exists (a literal, the name of an
    /// enumerator). It is not copied.
    void set_constant(std::string_view name, std::string_view value) noexcept;
    /// Replaces the name.
    void rename(std::string_view name) noexcept;
    /// Moves the beginning to an earlier time.
    void begin_at(SpanTime time) noexcept;
    void link(const SpanContext& other) noexcept;
    /// Reports that the operation failed. `type` is one of few constant words; it becomes the
    /// attribute `error.type`.
    void fail(std::string_view type, std::string_view message = {}) noexcept;

    /// Passes the record to the tracer. The span stays valid as a parent.
    void end() noexcept;

private:
    template <class Value>
    void add(std::string_view name, Value value);

    ActiveSpan active_;
    std::unique_ptr<SpanRecord> record_;
    std::chrono::steady_clock::time_point begun_;
};

/// Makes a span the current one of this thread until the scope ends; the previous one is current
/// again then. The span must outlive the scope.
class SpanScope {
public:
    /// If `span` has no tracer, the current span stays.
    explicit SpanScope(const Span& span) noexcept : SpanScope(span.active()) {}
    explicit SpanScope(const ActiveSpan& span) noexcept;
    /// For work that another thread has asked for: without a span (null, or no tracer) there is no
    /// current span in the scope.
    explicit SpanScope(const ActiveSpan* span) noexcept;
    SpanScope(const SpanScope&) = delete;
    SpanScope& operator=(const SpanScope&) = delete;
    ~SpanScope();

private:
    const ActiveSpan* previous_;
};

/// Returns the current span of this thread; null: there is none. The pointer is valid until the
/// scope ends.
const ActiveSpan* current_span() noexcept;

/// Returns a copy of the current span, to continue it on another thread.
ActiveSpan copy_current_span();

/// Begins a child of the current span. Without a current span that is sampled it records nothing.
Span child_span(std::string_view name, SpanKind kind = SpanKind::kInternal) noexcept;

/// Begins a child of the current span, or the first span of a new trace of `tracer` if there is no
/// current span. Null: it records nothing then.
Span child_span_or_root(Tracer* tracer, std::string_view name,
                        SpanKind kind = SpanKind::kInternal) noexcept;

}  // namespace rescuestream
