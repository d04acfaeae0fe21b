#include "telemetry/otlp_spans_json.hpp"

#include <cstdint>

#include "json/writer.hpp"
#include "rescuestream/version.hpp"
#include "telemetry/otlp_common.hpp"

namespace rescuestream::server {
namespace {

using json::Writer;

// OTLP's numbers of the kinds, from 1.
int json_kind(SpanKind kind) noexcept {
    return static_cast<int>(kind) + 1;
}

constexpr unsigned kIsRemoteKnown = 0x100;
constexpr unsigned kIsRemote = 0x200;

void write_number(Writer& writer, std::string_view name, std::int64_t value) {
    json::member(writer, name, std::to_string(value));
}

void write_flags(Writer& writer, bool is_remote) {
    writer.Key("flags");
    writer.Uint(1U | kIsRemoteKnown | (is_remote ? kIsRemote : 0U));
}

struct ValueAsJson {
    Writer& writer;

    void operator()(bool value) const {
        writer.Key("boolValue");
        writer.Bool(value);
    }
    void operator()(std::int64_t value) const { write_number(writer, "intValue", value); }
    void operator()(double value) const {
        writer.Key("doubleValue");
        writer.Double(value);
    }
    void operator()(std::string_view value) const {
        json::member(writer, "stringValue", exported(value));
    }
};

template <class Value>
void write_attribute(Writer& writer, std::string_view name, const Value& value) {
    writer.StartObject();
    json::member(writer, "key", name);
    writer.Key("value");
    writer.StartObject();
    ValueAsJson{writer}(value);
    writer.EndObject();
    writer.EndObject();
}

void write_context(Writer& writer, const SpanContext& context) {
    json::member(writer, "traceId", to_string(context.trace_id));
    json::member(writer, "spanId", to_string(context.span_id));
    if (!context.trace_state.empty()) json::member(writer, "traceState", context.trace_state);
}

void write_span(Writer& writer, const SpanRecord& span) {
    writer.StartObject();
    write_context(writer, span.context);
    if (span.parent != SpanId{}) json::member(writer, "parentSpanId", to_string(span.parent));
    write_flags(writer, span.parent_is_remote);
    json::member(writer, "name", exported(span.name));
    writer.Key("kind");
    writer.Int(json_kind(span.kind));
    write_number(writer, "startTimeUnixNano", span.started.time_since_epoch().count());
    write_number(writer, "endTimeUnixNano", span.ended.time_since_epoch().count());
    writer.Key("attributes");
    writer.StartArray();
    for (const auto& each : span.attributes) {
        std::visit([&](const auto& value) { write_attribute(writer, each.name, value); },
                   each.value);
    }
    writer.EndArray();
    if (span.dropped_attributes > 0) {
        writer.Key("droppedAttributesCount");
        writer.Uint(span.dropped_attributes);
    }
    if (!span.links.empty()) {
        writer.Key("links");
        writer.StartArray();
        for (const auto& link : span.links) {
            writer.StartObject();
            write_context(writer, link);
            write_flags(writer, link.is_remote);
            writer.EndObject();
        }
        writer.EndArray();
    }
    if (span.dropped_links > 0) {
        writer.Key("droppedLinksCount");
        writer.Uint(span.dropped_links);
    }
    if (span.failed) {
        writer.Key("status");
        writer.StartObject();
        if (!span.failure.empty()) json::member(writer, "message", exported(span.failure));
        writer.Key("code");
        writer.Int(2);  // STATUS_CODE_ERROR
        writer.EndObject();
    }
    writer.EndObject();
}

}  // namespace

std::string spans_as_json(const Resource& resource, const Spans& spans) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key("resourceSpans");
    writer.StartArray();
    writer.StartObject();
    writer.Key("resource");
    writer.StartObject();
    writer.Key("attributes");
    writer.StartArray();
    for (const auto& [name, value] : resource.attributes) write_attribute(writer, name, value);
    writer.EndArray();
    writer.EndObject();
    writer.Key("scopeSpans");
    writer.StartArray();
    writer.StartObject();
    writer.Key("scope");
    writer.StartObject();
    json::member(writer, "name", kScopeName);
    json::member(writer, "version", RESCUESTREAM_VERSION);
    writer.EndObject();
    writer.Key("spans");
    writer.StartArray();
    for (const auto& span : spans) write_span(writer, *span);
    writer.EndArray();
    writer.EndObject();
    writer.EndArray();
    writer.EndObject();
    writer.EndArray();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace rescuestream::server
