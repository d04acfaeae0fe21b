#include "rescuestream/tracer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "support/recording_tracer.hpp"
#include "support/text.hpp"

using namespace rescuestream;
using testing::attribute;
using testing::RecordingTracer;

TEST_CASE("without a tracer a span records nothing and is the parent of nothing") {
    Span span(nullptr, "work", SpanKind::kInternal, nullptr);
    CHECK_FALSE(span.records());
    CHECK(span.active().tracer == nullptr);
    span.set("name", "value");
    span.link({});
    span.fail("timeout");
    span.rename("other");
    span.end();
    const SpanScope scope(span);
    CHECK(current_span() == nullptr);
    CHECK_FALSE(child_span("child").records());
    CHECK_FALSE(child_span_or_root(nullptr, "child").records());
}

TEST_CASE("a span reaches its tracer once, with all that was recorded") {
    RecordingTracer tracer;
    {
        Span span(&tracer, "work", SpanKind::kClient, nullptr);
        REQUIRE(span.records());
        span.set("text", "value");
        span.set("number", std::int64_t{42});
        span.set("flag", true);
        span.set("part", 0.5);
        span.end();
        span.end();
        CHECK_FALSE(span.records());
        span.set("late", "value");
    }
    REQUIRE(tracer.spans().size() == 1);
    const SpanRecord record = tracer.spans().front();
    CHECK(record.name == "work");
    CHECK(record.kind == SpanKind::kClient);
    CHECK(record.parent == SpanId{});
    CHECK(record.context.is_valid());
    CHECK(attribute(record, "text") == "value");
    CHECK(attribute(record, "number") == "42");
    CHECK(attribute(record, "flag") == "true");
    CHECK(record.attributes.size() == 4);
    CHECK(record.ended >= record.started);
    CHECK_FALSE(record.failed);
}

TEST_CASE("a trace that is not sampled records neither its first span nor the children") {
    RecordingTracer tracer;
    tracer.samples = false;
    {
        const Span span(&tracer, "work", SpanKind::kInternal, nullptr);
        CHECK_FALSE(span.records());
        CHECK(span.active().context.is_valid());
        const SpanScope scope(span);
        CHECK_FALSE(child_span("child").records());
        CHECK_FALSE(child_span_or_root(&tracer, "child").records());
        CHECK(tracer.begun() == 1);
    }
    CHECK(tracer.spans().empty());
}

TEST_CASE("a child belongs to the current span of its thread") {
    RecordingTracer tracer;
    {
        const Span outer(&tracer, "outer", SpanKind::kServer, nullptr);
        const SpanScope outer_scope(outer);
        {
            const Span inner = child_span("inner", SpanKind::kClient);
            const SpanScope inner_scope(inner);
            child_span("innermost");
        }
        CHECK(current_span() == &outer.active());
        bool has_current = true;
        ActiveSpan handed_over = copy_current_span();
        std::thread([&] {
            has_current = current_span() != nullptr;
            const SpanScope scope(handed_over);
            child_span("elsewhere");
        }).join();
        CHECK_FALSE(has_current);
    }
    CHECK(current_span() == nullptr);
    const SpanRecord outer = tracer.spans_named("outer").at(0);
    const SpanRecord inner = tracer.spans_named("inner").at(0);
    CHECK(inner.parent == outer.context.span_id);
    CHECK(inner.kind == SpanKind::kClient);
    CHECK(tracer.spans_named("innermost").at(0).parent == inner.context.span_id);
    CHECK(tracer.spans_named("elsewhere").at(0).parent == outer.context.span_id);
    for (const auto& span : tracer.spans()) CHECK(span.context.trace_id == outer.context.trace_id);
}

TEST_CASE("a root is begun only where there is no current span") {
    RecordingTracer tracer;
    {
        const Span first = child_span_or_root(&tracer, "first");
        const SpanScope scope(first);
        child_span_or_root(&tracer, "second");
    }
    CHECK(tracer.spans_named("first").at(0).parent == SpanId{});
    CHECK(tracer.spans_named("second").at(0).parent ==
          tracer.spans_named("first").at(0).context.span_id);
}

TEST_CASE("the parent of another program is named as remote") {
    RecordingTracer tracer;
    const auto caller =
        parse_trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=1");
    REQUIRE(caller);
    Span(&tracer, "work", SpanKind::kServer, &*caller).end();
    const SpanRecord record = tracer.spans().at(0);
    CHECK(record.parent == caller->span_id);
    CHECK(record.parent_is_remote);
    CHECK(record.context.trace_id == caller->trace_id);
    CHECK(record.context.trace_state == "a=1");
}

TEST_CASE("attributes and links beyond the limits are counted and dropped") {
    RecordingTracer tracer;
    {
        Span span(&tracer, "work", SpanKind::kInternal, nullptr);
        for (std::size_t i = 0; i < SpanRecord::kMaxAttributes + 3; ++i) span.set("name", true);
        for (std::size_t i = 0; i < SpanRecord::kMaxLinks + 2; ++i) {
            span.link(span.active().context);
        }
        span.link({});  // that of no span
    }
    const SpanRecord record = tracer.spans().at(0);
    CHECK(record.attributes.size() == SpanRecord::kMaxAttributes);
    CHECK(record.dropped_attributes == 3);
    CHECK(record.links.size() == SpanRecord::kMaxLinks);
    CHECK(record.dropped_links == 2);
}

TEST_CASE("texts are cut and made printable") {
    RecordingTracer tracer;
    {
        Span span(&tracer, "a\nb", SpanKind::kInternal, nullptr);
        span.set("long", std::string(1'000, 'x'));
        span.set("bytes", "\xff\xfe");
        span.set("line", "a\r\nb");
        span.set("cut", std::string(255, 'x') + "\xc3\xa9");
        span.set("name", "J\xc3\xb6rg");
        span.fail("broken", "no\nway");
    }
    const SpanRecord record = tracer.spans().at(0);
    CHECK(record.name == "a\\nb");
    CHECK(attribute(record, "long") == std::string(SpanRecord::kMaxText, 'x'));
    CHECK(attribute(record, "bytes") == "\\xff\\xfe");
    CHECK(attribute(record, "line") == "a\\r\\nb");
    CHECK(attribute(record, "name") == "J\xc3\xb6rg");
    CHECK(attribute(record, "cut").size() <= SpanRecord::kMaxText);
    CHECK(is_clean_utf8(attribute(record, "cut")));
    CHECK(record.failed);
    CHECK(record.failure == "no\\nway");
    CHECK(attribute(record, "error.type") == "broken");
}

TEST_CASE("a span can begin at an earlier time, not at a later one") {
    RecordingTracer tracer;
    Span span(&tracer, "work", SpanKind::kInternal, nullptr);
    const SpanTime now = std::chrono::system_clock::now();
    span.begin_at(now + std::chrono::hours(1));
    span.begin_at(now - std::chrono::seconds(10));
    span.end();
    const SpanRecord record = tracer.spans().at(0);
    CHECK(record.started == now - std::chrono::seconds(10));
    CHECK(record.ended >= now);
    CHECK(record.ended < now + std::chrono::minutes(1));
}

TEST_CASE("a moved span ends once") {
    RecordingTracer tracer;
    {
        Span first(&tracer, "first", SpanKind::kInternal, nullptr);
        Span second = std::move(first);
        CHECK(second.records());
        second = Span(&tracer, "third", SpanKind::kInternal, nullptr);
        CHECK(tracer.spans_named("first").size() == 1);
    }
    CHECK(tracer.spans().size() == 2);
}

TEST_CASE("of each byte, texts keep printable ASCII and escape control characters") {
    RecordingTracer tracer;
    for (int code = 0; code < 0x80; ++code) {
        for (const std::size_t at : {0, 7, 8, 15, 19}) {
            std::string text(20, 'a');
            text[at] = static_cast<char>(code);
            CAPTURE(code);
            CAPTURE(at);
            Span span(&tracer, "work", SpanKind::kInternal, nullptr);
            span.set("text", text);
            span.end();
            const std::string kept = attribute(tracer.spans().back(), "text");
            CHECK((kept == text) == (code >= 0x20 && code < 0x7f));
            CHECK(kept.find('\x7f') == std::string::npos);
        }
    }
}

TEST_CASE("a span that uses the memory of another one has nothing of it") {
    RecordingTracer tracer;
    auto used = std::make_unique<SpanRecord>();
    used->parent[0] = 1;
    used->parent_is_remote = true;
    used->name = "other";
    used->attributes.push_back({"a", std::string("text")});
    used->links.emplace_back();
    used->dropped_attributes = used->dropped_links = 3;
    used->failed = true;
    used->failure = "why";
    reuse(std::move(used));
    reuse(nullptr);
    Span(&tracer, "work", SpanKind::kInternal, nullptr).end();
    const SpanRecord record = tracer.spans().back();
    CHECK(record.parent == SpanId{});
    CHECK_FALSE(record.parent_is_remote);
    CHECK(record.name == "work");
    CHECK(record.attributes.empty());
    CHECK(record.links.empty());
    CHECK(record.dropped_attributes == 0);
    CHECK(record.dropped_links == 0);
    CHECK_FALSE(record.failed);
    CHECK(record.failure.empty());
}

TEST_CASE("a constant text is kept as it is") {
    RecordingTracer tracer;
    Span span(&tracer, "work", SpanKind::kInternal, nullptr);
    span.set_constant("kind", "a constant");
    span.end();
    CHECK(attribute(tracer.spans().back(), "kind") == "a constant");
}
