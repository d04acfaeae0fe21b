#include "json/object.hpp"
#include "rescuestream/json.hpp"

namespace rescuestream {
namespace {

using json::integer_member;
using json::member;
using json::object;
using json::optional_member;
using json::raw_member;
using json::unsigned_member;
using json::Writer;

// The contract's two words; `state` says it in full. One whose node cannot be seen stays listed.
std::string_view status_of(const Stream& stream) {
    const bool active = stream.state == StreamState::kLive || stream.state == StreamState::kUnknown;
    return active ? "active" : "ended";
}

void totals_member(Writer& writer, const StreamTotals& totals) {
    writer.Key("totals");
    writer.StartObject();
    unsigned_member(writer, "inbound_bytes", totals.inbound_bytes);
    unsigned_member(writer, "peak_bitrate", totals.peak_bitrate);
    unsigned_member(writer, "peak_readers", totals.peak_readers);
    writer.EndObject();
}

void stream_members(Writer& writer, const Stream& stream, const ViewerAddresses& addresses) {
    member(writer, "id", stream.id.to_string());
    member(writer, "stream_key_id", stream.stream_key_id.to_string());
    member(writer, "broadcaster_id", stream.broadcaster_id.to_string());
    member(writer, "path", stream.path);
    member(writer, "status", status_of(stream));
    member(writer, "state", to_string(stream.state));
    integer_member(writer, "generation", stream.generation);
    member(writer, "node", stream.node);
    member(writer, "started_at", stream.started_at);
    optional_member(writer, "ended_at", stream.ended_at);
    if (stream.end_reason) member(writer, "end_reason", to_string(*stream.end_reason));
    optional_member(writer, "interrupted_at", stream.interrupted_at);
    if (stream.interruptions > 0) {
        integer_member(writer, "interruptions", stream.interruptions);
        integer_member(writer, "interrupted_ms", stream.interrupted_for.count());
    }
    optional_member(writer, "last_seen_at", stream.last_seen_at);
    optional_member(writer, "source_type", stream.source_type);
    if (stream.source_id) member(writer, "source_id", stream.source_id->value);
    member(writer, "observed_by", to_string(stream.observed_by));
    raw_member(writer, "metadata", stream.metadata.text());
    optional_member(writer, "recording_ref", stream.recording_ref);
    if (stream.totals) totals_member(writer, *stream.totals);
    raw_member(writer, "urls", to_json(addresses));
}

void figures_member(Writer& writer, const StreamFigures& figures) {
    writer.Key("figures");
    writer.StartObject();
    member(writer, "measured_at", figures.measured_at);
    unsigned_member(writer, "inbound_bytes", figures.inbound_bytes);
    unsigned_member(writer, "bitrate", figures.bitrate);
    unsigned_member(writer, "peak_bitrate", figures.peak_bitrate);
    member(writer, "protocol", to_string(figures.protocol));
    if (!figures.remote_address.empty()) {
        member(writer, "remote_address", figures.remote_address);
    }
    writer.Key("tracks");
    writer.StartArray();
    for (const auto& track : figures.tracks) json::write(writer, track);
    writer.EndArray();
    writer.Key("readers");
    writer.StartObject();
    for (const auto& [protocol, count] : figures.readers) unsigned_member(writer, protocol, count);
    writer.EndObject();
    unsigned_member(writer, "peak_readers", figures.peak_readers);
    if (figures.frames_in_error) {
        unsigned_member(writer, "frames_in_error", *figures.frames_in_error);
    }
    writer.EndObject();
}

}  // namespace

std::string to_json(const Stream& stream, const ViewerAddresses& addresses) {
    return object([&](Writer& writer) { stream_members(writer, stream, addresses); });
}

std::string to_json(const Stream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures) {
    return object([&](Writer& writer) {
        stream_members(writer, stream, addresses);
        figures_member(writer, figures);
    });
}

std::string to_json(const StreamTransition& transition) {
    return object([&](Writer& writer) {
        member(writer, "at", transition.at);
        member(writer, "transition", to_string(transition.kind));
        member(writer, "source", to_string(transition.source));
        integer_member(writer, "generation", transition.generation);
        if (transition.connection) member(writer, "connection_id", transition.connection->value);
        if (!transition.reason.empty()) member(writer, "reason", transition.reason);
        if (transition.gap) integer_member(writer, "gap_ms", transition.gap->count());
    });
}

}  // namespace rescuestream
