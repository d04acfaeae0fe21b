#include "telemetry/otlp_spans_protobuf.hpp"

#include <cstdint>

#include "rescuestream/version.hpp"
#include "telemetry/otlp_common.hpp"
#include "telemetry/protobuf_writer.hpp"

namespace rescuestream::server {
namespace {

template <class Id>
std::string_view bytes_of(const Id& id) {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
}

constexpr std::uint32_t flags_of(bool is_remote) noexcept {
    return 0x101U | (is_remote ? 0x200U : 0U);  // sampled; whether it is remote is known
}

// message AnyValue
struct ValueAsProtobuf {
    ProtobufWriter& to;

    void operator()(std::string_view value) const { to.bytes_field(1, exported(value)); }
    void operator()(bool value) const { to.varint_field(2, value ? 1 : 0); }
    void operator()(std::int64_t value) const {
        to.varint_field(3, static_cast<std::uint64_t>(value));
    }
    void operator()(double value) const { to.double_field(4, value); }
};

// message KeyValue
template <class Value>
void put_attribute(ProtobufWriter& to, unsigned number, std::string_view name, const Value& value) {
    to.message_field(number, [&](ProtobufWriter& pair) {
        pair.text_field(1, name);
        pair.message_field(2, [&](ProtobufWriter& any) { ValueAsProtobuf{any}(value); });
    });
}

// message Span
void put_span(ProtobufWriter& to, const SpanRecord& span) {
    to.bytes_field(1, bytes_of(span.context.trace_id));
    to.bytes_field(2, bytes_of(span.context.span_id));
    to.text_field(3, span.context.trace_state);
    if (span.parent != SpanId{}) to.bytes_field(4, bytes_of(span.parent));
    to.text_field(5, exported(span.name));
    to.varint_field(6, static_cast<std::uint64_t>(span.kind) + 1);
    to.fixed64_field(7, static_cast<std::uint64_t>(span.started.time_since_epoch().count()));
    to.fixed64_field(8, static_cast<std::uint64_t>(span.ended.time_since_epoch().count()));
    for (const auto& each : span.attributes) {
        std::visit([&](const auto& value) { put_attribute(to, 9, each.name, value); }, each.value);
    }
    if (span.dropped_attributes > 0) to.varint_field(10, span.dropped_attributes);
    for (const auto& link : span.links) {
        to.message_field(13, [&](ProtobufWriter& linked) {
            linked.bytes_field(1, bytes_of(link.trace_id));
            linked.bytes_field(2, bytes_of(link.span_id));
            linked.text_field(3, link.trace_state);
            linked.fixed32_field(6, flags_of(link.is_remote));
        });
    }
    if (span.dropped_links > 0) to.varint_field(14, span.dropped_links);
    if (span.failed) {
        to.message_field(15, [&](ProtobufWriter& status) {
            status.text_field(2, exported(span.failure));
            status.varint_field(3, 2);  // STATUS_CODE_ERROR
        });
    }
    to.fixed32_field(16, flags_of(span.parent_is_remote));
}

}  // namespace

std::string spans_as_protobuf(const Resource& resource, const Spans& spans) {
    ProtobufWriter request;
    request.message_field(1, [&](ProtobufWriter& resource_spans) {
        resource_spans.message_field(1, [&](ProtobufWriter& to) {
            for (const auto& [name, value] : resource.attributes) put_attribute(to, 1, name, value);
        });
        resource_spans.message_field(2, [&](ProtobufWriter& scope_spans) {
            scope_spans.message_field(1, [&](ProtobufWriter& scope) {
                scope.text_field(1, kScopeName);
                scope.text_field(2, RESCUESTREAM_VERSION);
            });
            for (const auto& span : spans) {
                scope_spans.message_field(2, [&](ProtobufWriter& to) { put_span(to, *span); });
            }
        });
    });
    return request.bytes();
}

}  // namespace rescuestream::server
