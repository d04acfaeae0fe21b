#include "rescuestream/tracer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "support/text.hpp"

namespace rescuestream {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kUsualAttributes = 10;

thread_local const ActiveSpan* current = nullptr;

// Returns whether all characters are printable ASCII. It looks at eight at a time: the highest bit
// of a byte is set in the result if it is set in the byte, or if the byte is below 0x20 or is 0x7f.
bool is_plain(std::string_view text) noexcept {
    constexpr std::uint64_t kEach = 0x0101010101010101U;
    for (std::uint64_t bytes = 0; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
        std::memcpy(&bytes, text.data(), sizeof bytes);
        if ((((bytes - 0x20 * kEach) | (bytes + kEach) | bytes) & (0x80 * kEach)) != 0)
            return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Returns a text that every receiver accepts. Receivers refuse a whole batch because of one byte
// that is not UTF-8.
std::string clean(std::string_view text) {
    if (text.size() <= SpanRecord::kMaxText && is_plain(text)) return std::string(text);
    const std::string printable = escape_unprintable(text.substr(0, SpanRecord::kMaxText));
    return shortened(printable, SpanRecord::kMaxText);
}

// Reading a clock is a large part of the cost of a span, so a span reads only the steady one. What
// must be added to it is read again when it is older than this, because somebody may set the clock.
constexpr std::chrono::milliseconds kOffsetIsValid{100};

SpanTime wall_time_of(steady_clock::time_point at) noexcept {
    struct Offset {
        steady_clock::time_point read{};
        SpanTime::duration value{0};
        bool is_known = false;
    };
    static thread_local Offset offset;
    if (!offset.is_known || at - offset.read >= kOffsetIsValid) {
        // If the thread is interrupted between the readings, they do not belong together.
        constexpr std::chrono::microseconds kTogether{5};
        constexpr int kAttempts = 3;
        for (int i = 0; i < kAttempts; ++i) {
            const auto before = steady_clock::now();
            const SpanTime wall = std::chrono::system_clock::now();
            const auto after = steady_clock::now();
            offset = {at, wall.time_since_epoch() - before.time_since_epoch(), true};
            if (after - before < kTogether) break;
        }
    }
    return SpanTime(at.time_since_epoch() + offset.value);
}

// The records that this thread may use again; none when the thread ends, since another object of
// the thread may end a span after these have been destroyed.
thread_local bool keeps_records = true;
struct UsedRecords {
    std::array<std::unique_ptr<SpanRecord>, 4> all;
    std::size_t count = 0;
    ~UsedRecords() { keeps_records = false; }
};
thread_local UsedRecords used_records;

std::unique_ptr<SpanRecord> make_record() {
    if (keeps_records && used_records.count > 0) {
        return std::move(used_records.all[--used_records.count]);
    }
    auto record = std::make_unique<SpanRecord>();
    record->attributes.reserve(kUsualAttributes);
    return record;
}

}  // namespace

void reuse(std::unique_ptr<SpanRecord> record) noexcept {
    if (!record || !keeps_records || used_records.count == used_records.all.size()) return;
    record->attributes.clear();
    record->links.clear();
    record->failure.clear();
    record->dropped_attributes = record->dropped_links = 0;
    record->failed = false;
    used_records.all[used_records.count++] = std::move(record);
}

Span::Span(Tracer* tracer, std::string_view name, SpanKind kind, const SpanContext* parent) noexcept
    : active_{tracer, tracer != nullptr ? tracer->begin(name, kind, parent) : SpanContext{}} {
    if (tracer == nullptr) return;
    if (!active_.context.is_valid()) {
        active_ = {};
        return;
    }
    if (!active_.context.sampled) return;
    try {
        record_ = make_record();
        record_->context = active_.context;
        record_->parent = parent != nullptr ? parent->span_id : SpanId{};
        record_->parent_is_remote = parent != nullptr && parent->is_remote;
        record_->kind = kind;
        record_->name = clean(name);
        begun_ = steady_clock::now();
        record_->started = wall_time_of(begun_);
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

void Span::set_constant(std::string_view name, std::string_view value) noexcept {
    if (!record_) return;
    try {
        add(name, value);
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
    begun_ -= std::chrono::duration_cast<steady_clock::duration>(record_->started - time);
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
    record_->ended = record_->started + (steady_clock::now() - begun_);
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
