#include "admin/json_reader.hpp"

namespace rescuestream::cli {
namespace {

using Value = rapidjson::Value;

StreamTotals read_totals(const Value& json) {
    StreamTotals totals;
    totals.inbound_bytes = read::count(json, "inbound_bytes");
    totals.peak_bitrate = read::count(json, "peak_bitrate");
    totals.peak_readers = read::small_count(json, "peak_readers");
    return totals;
}

StreamFigures read_figures(const Value& json) {
    StreamFigures figures;
    figures.measured_at = read::time(json, "measured_at");
    figures.inbound_bytes = read::count(json, "inbound_bytes");
    figures.bitrate = read::count(json, "bitrate");
    figures.peak_bitrate = read::count(json, "peak_bitrate");
    figures.protocol =
        read::optional_enumerator<Protocol>(json, "protocol").value_or(Protocol::kUnknown);
    figures.remote_address = read::optional_text(json, "remote_address").value_or("");
    for (const auto& track : read::array(json, "tracks").GetArray()) {
        if (!track.IsString()) read::fail("tracks", "contains a value that is not a string");
        figures.tracks.emplace_back(track.GetString(), track.GetStringLength());
    }
    const Value& readers = read::member(json, "readers");
    if (!readers.IsObject()) read::fail("readers", "is not an object");
    for (const auto& reader : readers.GetObject()) {
        figures.readers[reader.name.GetString()] =
            read::small_count(readers, reader.name.GetString());
    }
    figures.peak_readers = read::small_count(json, "peak_readers");
    if (read::find(json, "frames_in_error") != nullptr) {
        figures.frames_in_error = read::count(json, "frames_in_error");
    }
    return figures;
}

}  // namespace

StreamWithAddresses read_stream(const Value& json) {
    StreamWithAddresses result;
    Stream& stream = result.stream;
    stream.id = read::id<StreamId>(json, "id");
    stream.stream_key_id = read::id<StreamKeyId>(json, "stream_key_id");
    stream.broadcaster_id = read::id<BroadcasterId>(json, "broadcaster_id");
    stream.path = read::text(json, "path");
    stream.state = read::enumerator<StreamState>(json, "state");
    stream.generation = read::integer(json, "generation");
    stream.node = read::text(json, "node");
    stream.started_at = read::time(json, "started_at");
    stream.ended_at = read::optional_time(json, "ended_at");
    stream.end_reason = read::optional_enumerator<EndReason>(json, "end_reason");
    stream.interrupted_at = read::optional_time(json, "interrupted_at");
    if (read::find(json, "interruptions") != nullptr) {
        stream.interruptions = read::integer(json, "interruptions");
    }
    stream.interrupted_for =
        read::optional_milliseconds(json, "interrupted_ms").value_or(std::chrono::milliseconds(0));
    stream.last_seen_at = read::optional_time(json, "last_seen_at");
    stream.source_type = read::optional_text(json, "source_type");
    if (auto source = read::optional_text(json, "source_id")) {
        stream.source_id = ConnectionId{std::move(*source)};
    }
    stream.observed_by =
        read::optional_enumerator<ObservedBy>(json, "observed_by").value_or(ObservedBy::kHook);
    stream.metadata = read::object(json, "metadata");
    stream.recording_ref = read::optional_text(json, "recording_ref");
    if (const Value* totals = read::find(json, "totals")) stream.totals = read_totals(*totals);
    result.addresses = read_viewer_addresses(read::member(json, "urls"));
    if (const Value* figures = read::find(json, "figures")) result.figures = read_figures(*figures);
    return result;
}

StreamTransition read_transition(const Value& json) {
    StreamTransition transition;
    transition.at = read::time(json, "at");
    transition.kind = read::enumerator<TransitionKind>(json, "transition");
    transition.source = read::enumerator<ObservedBy>(json, "source");
    transition.generation = read::integer(json, "generation");
    if (auto connection = read::optional_text(json, "connection_id")) {
        transition.connection = ConnectionId{std::move(*connection)};
    }
    transition.reason = read::optional_text(json, "reason").value_or("");
    transition.gap = read::optional_milliseconds(json, "gap_ms");
    return transition;
}

}  // namespace rescuestream::cli
