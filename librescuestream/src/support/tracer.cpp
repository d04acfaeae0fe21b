#include "rescuestream/tracer.hpp"

#include <algorithm>
#include <utility>

#include "support/text.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kUsualAttributes = 10;

thread_local const ActiveSpan* current = nullptr;

bool is_plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Returns a text that every receiver accepts. Receivers refuse a whole batch because of one byte
// that is not UTF-8.
std::string clean(std::string_view text) {
    if (text.size() <= SpanRecord::kMaxText && is_plain(text)) return std::string(text);
    const std::string printable = escape_unprintable(text.substr(0, SpanRecord::kMaxText));
    return shortened(printable, SpanRecord::kMaxText);
}

}  // namespace

Span::Span(Tracer* tracer, std::string_view name, SpanKind kind,
           const SpanContext* parent) noexcept {
    if (tracer == nullptr) return;
    active_.tracer = tracer;
    active_.context = tracer->begin(name, kind, parent);
    if (!active_.context.is_valid()) {
        active_ = {};
        return;
    }
    if (!active_.context.sampled) return;
    try {
        record_ = std::make_unique<SpanRecord>();
        record_->context = active_.context;
        if (parent != nullptr) {
            record_->parent = parent->span_id;
            record_->parent_is_remote = parent->is_remote;
        }
        record_->kind = kind;
        record_->name = clean(name);
        record_->attributes.reserve(kUsualAttributes);
        begun_ = std::chrono::steady_clock::now();
        record_->started = std::chrono::system_clock::now();
    } catch (...) {
        record_.reset();  // without memory the span is lost, not the operation
    }
}

Span::Span(Span&& other) noexcept
    : active_(std::exchange(other.active_, {})),
      record_(std::move(other.record_)),
      begun_(other.begun_) {}

Span& Span::operator=(Span&& other) noexcept {
    if (this == &other) return *this;
    end();
    active_ = std::exchange(other.active_, {});
    record_ = std::move(other.record_);
    begun_ = other.begun_;
    return *this;
}

template <class Value>
void Span::add(std::string_view name, Value value) {
    if (record_->attributes.size() >= SpanRecord::kMaxAttributes) {
        ++record_->dropped_attributes;
        return;
    }
    record_->attributes.push_back({name, std::move(value)});
}

void Span::set(std::string_view name, std::string_view value) noexcept {
    if (!record_) return;
    try {
        add(name, clean(value));
    } catch (...) {
        ++record_->dropped_attributes;
    }
}

void Span::set(std::string_view name, std::int64_t value) noexcept {
    if (!record_) return;
    try {
        add(name, value);
    } catch (...) {
        ++record_->dropped_attributes;
    }
}

void Span::set(std::string_view name, bool value) noexcept {
    if (!record_) return;
    try {
        add(name, value);
    } catch (...) {
        ++record_->dropped_attributes;
    }
}

void Span::set(std::string_view name, double value) noexcept {
    if (!record_) return;
    try {
        add(name, value);
    } catch (...) {
        ++record_->dropped_attributes;
    }
}

void Span::rename(std::string_view name) noexcept {
    if (!record_) return;
    try {
        record_->name = clean(name);
    } catch (...) {
        // It keeps its first name.
    }
}

void Span::begin_at(SpanTime time) noexcept {
    if (!record_ || time >= record_->started) return;
    begun_ -=
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(record_->started - time);
    record_->started = time;
}

void Span::link(const SpanContext& other) noexcept {
    if (!record_ || !other.is_valid()) return;
    try {
        if (record_->links.size() < SpanRecord::kMaxLinks) {
            record_->links.push_back(other);
            return;
        }
    } catch (...) {
        // It is counted as dropped.
    }
    ++record_->dropped_links;
}

void Span::fail(std::string_view type, std::string_view message) noexcept {
    if (!record_) return;
    set("error.type", type);
    try {
        record_->failed = true;
        record_->failure = clean(message);
    } catch (...) {
        // The failure stays without its message.
    }
}

void Span::end() noexcept {
    if (!record_) return;
    record_->ended = record_->started + (std::chrono::steady_clock::now() - begun_);
    active_.tracer->end(std::move(record_));
}

SpanScope::SpanScope(const ActiveSpan& span) noexcept : previous_(current) {
    if (span.tracer != nullptr) current = &span;
}

SpanScope::SpanScope(const ActiveSpan* span) noexcept : previous_(current) {
    current = span != nullptr && span->tracer != nullptr ? span : nullptr;
}

SpanScope::~SpanScope() {
    current = previous_;
}

const ActiveSpan* current_span() noexcept {
    return current;
}

ActiveSpan copy_current_span() {
    return current != nullptr ? *current : ActiveSpan{};
}

Span child_span(std::string_view name, SpanKind kind) noexcept {
    if (current == nullptr || !current->context.sampled) return {};
    return {current->tracer, name, kind, &current->context};
}

Span child_span_or_root(Tracer* tracer, std::string_view name, SpanKind kind) noexcept {
    if (current != nullptr) return child_span(name, kind);
    return {tracer, name, kind, nullptr};
}

}  // namespace rescuestream
