#include "fields/stream_json.hpp"

#include "json/record_io.hpp"
#include "rescuestream/json/addresses_json.hpp"
#include "rescuestream/json/stream_json.hpp"

namespace rescuestream {
namespace {

// The two values of the contract; `state` has the details. A stream whose node does not answer
// stays listed.
std::string_view status_of(const Stream& stream) {
    const bool active = stream.state == StreamState::kLive || stream.state == StreamState::kUnknown;
    return active ? "active" : "ended";
}

constexpr auto kDescribeTotals = [](auto& io, auto& totals) {
    io.required("inbound_bytes", totals.inbound_bytes);
    io.required("peak_bitrate", totals.peak_bitrate);
    io.required("peak_readers", totals.peak_readers);
};

constexpr auto kDescribeStream = [](auto& io, auto& stream) {
    constexpr bool kWrites = std::decay_t<decltype(io)>::kWrites;
    io.required("id", stream.id);
    io.required("stream_key_id", stream.stream_key_id);
    io.required("broadcaster_id", stream.broadcaster_id);
    io.required("path", stream.path);
    if constexpr (kWrites) io.required("status", status_of(stream));
    io.required("state", stream.state);
    io.required("generation", stream.generation);
    io.required("node", stream.node);
    io.required("started_at", stream.started_at);
    io.optional("ended_at", stream.ended_at);
    io.optional("end_reason", stream.end_reason);
    io.optional("interrupted_at", stream.interrupted_at);
    if (!kWrites || stream.interruptions > 0) {
        io.later("interruptions", stream.interruptions);
        io.later("interrupted_ms", stream.interrupted_for);
    }
    io.optional("last_seen_at", stream.last_seen_at);
    io.optional("playable", stream.playable);
    io.optional("not_playable_reason", stream.not_playable_reason);
    io.optional("note", stream.note);
    io.optional("source_type", stream.source_type);
    io.optional("source_id", stream.source_id);
    io.later("observed_by", stream.observed_by);
    io.required("metadata", stream.metadata);
    io.optional("recording_ref", stream.recording_ref);
    io.optional("incident_id", stream.incident_id);
};

constexpr auto kDescribeNames = [](auto& io, auto& stream) {
    io.optional("key_label", stream.key_label);
    io.later("broadcaster_name", stream.broadcaster_name);
    io.optional("playback_policy", stream.playback_policy);
};

constexpr auto kDescribeLoad = [](auto& io, auto& stream) {
    io.optional("bitrate", stream.bitrate);
    io.optional("viewers", stream.viewers);
    io.optional("over_bitrate_since", stream.over_bitrate_since);
};

constexpr auto kDescribeListing = [](auto& io, auto& stream) {
    kDescribeNames(io, stream);
    kDescribeLoad(io, stream);
};

constexpr auto kDescribeFigures = [](auto& io, auto& figures) {
    io.required("measured_at", figures.measured_at);
    io.required("inbound_bytes", figures.inbound_bytes);
    io.required("bitrate", figures.bitrate);
    io.required("peak_bitrate", figures.peak_bitrate);
    io.later("protocol", figures.protocol);
    io.optional("remote_address", figures.remote_address);
    io.texts("tracks", figures.tracks);
    io.counts("readers", figures.readers);
    io.required("peak_readers", figures.peak_readers);
    io.optional("frames_in_error", figures.frames_in_error);
};

constexpr auto kDescribeTransition = [](auto& io, auto& transition) {
    io.required("at", transition.at);
    io.required("transition", transition.kind);
    io.required("source", transition.source);
    io.required("generation", transition.generation);
    io.optional("connection_id", transition.connection);
    io.optional("reason", transition.reason);
    io.optional("gap_ms", transition.gap);
};

void stream_members(json::MemberWriter& io, const Stream& stream,
                    const ViewerAddresses& addresses) {
    kDescribeStream(io, stream);
    if (stream.totals) {
        io.object("totals", [&](auto& inner) { kDescribeTotals(inner, *stream.totals); });
    }
    json::raw_member(io.writer(), "urls", to_json(addresses));
}

}  // namespace

std::string to_json(const Stream& stream, const ViewerAddresses& addresses) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        stream_members(io, stream, addresses);
    });
}

std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        stream_members(io, stream, addresses);
        kDescribeListing(io, stream);
    });
}

std::string to_json_without_load(const ListedStream& stream, const ViewerAddresses& addresses) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        stream_members(io, stream, addresses);
        kDescribeNames(io, stream);
    });
}

void append_with_load(std::string& text, std::string_view json_without_load,
                      const ListedStream& stream) {
    text += json_without_load;
    if (!stream.bitrate && !stream.viewers) return;
    text.back() = ',';
    text += std::string_view(json::write_record(stream, kDescribeLoad)).substr(1);
}

std::string to_json(const ListedStream& stream, const ViewerAddresses& addresses,
                    const StreamFigures& figures) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        stream_members(io, stream, addresses);
        kDescribeListing(io, stream);
        io.object("figures", [&](auto& inner) { kDescribeFigures(inner, figures); });
    });
}

std::string to_json(const StreamTransition& transition) {
    return json::write_record(transition, kDescribeTransition);
}

namespace fields {

Stream read_stream(const rapidjson::Value& json) {
    Stream stream = json::read_record<Stream>(json, kDescribeStream);
    if (const auto* totals = json::read::find(json, "totals")) {
        stream.totals = json::read_record<StreamTotals>(*totals, kDescribeTotals);
    }
    return stream;
}

ListedStream read_listed_stream(const rapidjson::Value& json) {
    ListedStream listed{read_stream(json), {}, {}, {}, {}, {}, {}};
    json::MemberReader io(json);
    kDescribeListing(io, listed);
    return listed;
}

StreamFigures read_figures(const rapidjson::Value& json) {
    return json::read_record<StreamFigures>(json, kDescribeFigures);
}

StreamTransition read_transition(const rapidjson::Value& json) {
    return json::read_record<StreamTransition>(json, kDescribeTransition);
}

}  // namespace fields
}  // namespace rescuestream
