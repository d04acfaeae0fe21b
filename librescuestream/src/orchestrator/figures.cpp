#include "orchestrator/figures.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace rescuestream {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kBitrateSpan{10};

std::string name_of_protocol(const MediaReader& reader) {
    return reader.protocol == Protocol::kUnknown ? reader.type
                                                 : std::string(to_string(reader.protocol));
}

}  // namespace

std::optional<std::uint64_t> Figures::Source::bitrate() const {
    if (samples.size() < 2) return std::nullopt;
    const auto span = duration_cast<milliseconds>(samples.back().at - samples.front().at).count();
    if (span <= 0) return std::nullopt;
    const std::uint64_t bytes = samples.back().bytes - samples.front().bytes;
    return bytes * 8 * 1000 / static_cast<std::uint64_t>(span);
}

std::uint64_t Figures::sample(const std::vector<MediaPath>& paths, SteadyTime steady_now) {
    const std::lock_guard lock(mutex_);
    std::uint64_t received = 0;
    for (const auto& path : paths) {
        if (!path.source || path.source->id.empty()) continue;
        auto [place, is_new] = sources_.try_emplace(path.source->id);
        Source& source = place->second;
        source.grew = !is_new && path.inbound_bytes > source.samples.back().bytes;
        if (!is_new && path.inbound_bytes < source.samples.back().bytes) source.samples.clear();
        received += path.inbound_bytes - (source.samples.empty() ? 0 : source.samples.back().bytes);
        if (is_new || source.grew) source.last_growth = steady_now;
        source.last_sample = steady_now;
        source.path = path.name;
        source.samples.push_back({steady_now, path.inbound_bytes});
        while (source.samples.size() > 2 && steady_now - source.samples[1].at >= kBitrateSpan) {
            source.samples.pop_front();
        }
    }
    std::erase_if(sources_,
                  [&](const auto& entry) { return entry.second.last_sample != steady_now; });
    return std::exchange(has_sampled_, true) ? received : 0;
}

std::optional<Figures::Delivery> Figures::delivery(const ConnectionId& source) const {
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(source);
    if (found == sources_.end()) return std::nullopt;
    const Source& known = found->second;
    return Delivery{known.grew, duration_cast<milliseconds>(known.last_sample - known.last_growth)};
}

std::vector<Figures::Publisher> Figures::publishers() const {
    const std::lock_guard lock(mutex_);
    std::vector<Publisher> all;
    all.reserve(sources_.size());
    for (const auto& [id, source] : sources_) {
        const auto silence = source.last_sample - source.last_growth;
        all.push_back({source.path, {id, duration_cast<milliseconds>(silence)}});
    }
    return all;
}

std::optional<Figures::Presence> Figures::present_on(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, source] : sources_) {
        if (source.path != path) continue;
        return Presence{id, duration_cast<milliseconds>(source.last_sample - source.last_growth)};
    }
    return std::nullopt;
}

void Figures::measure(const Session& session, const MediaPath& path, Timestamp now) {
    if (!session.stream || !path.source) return;
    const std::lock_guard lock(mutex_);
    Measured& measured = streams_[session.stream->id];
    measured.key = session.key.id;
    measured.broadcaster = session.key.broadcaster_id;
    if (measured.source != path.source->id) {
        measured.bytes_before += measured.bytes_of_source;
        measured.source = path.source->id;
        measured.watch = {};
    }
    measured.bytes_of_source = path.inbound_bytes;

    StreamFigures& figures = measured.figures;
    figures.measured_at = now;
    figures.inbound_bytes = measured.bytes_before + measured.bytes_of_source;
    const auto source = sources_.find(path.source->id);
    const auto bitrate = source == sources_.end() ? std::nullopt : source->second.bitrate();
    measured.has_bitrate = bitrate.has_value();
    figures.bitrate = bitrate.value_or(0);
    figures.peak_bitrate = std::max(figures.peak_bitrate, figures.bitrate);
    if (bitrate) {
        measured.watch = rules::watch_bitrate(
            measured.watch, *bitrate, session.key.policies.max_bitrate, source->second.last_sample);
    }
    if (!measured.watch.is_exceeded) {
        measured.over_bitrate_since.reset();
    } else if (!measured.over_bitrate_since) {
        measured.over_bitrate_since = now;
    }
    figures.tracks = path.tracks;
    figures.readers.clear();
    for (const auto& reader : path.readers) ++figures.readers[name_of_protocol(reader)];
    figures.peak_readers =
        std::max(figures.peak_readers, static_cast<std::uint32_t>(path.readers.size()));
    figures.frames_in_error = path.inbound_frames_in_error;
    if (session.claim && session.claim->connection == path.source->id) {
        figures.remote_address = session.claim->remote_address;
        figures.protocol = session.claim->protocol;
    }
}

std::optional<StreamFigures> Figures::of(StreamId stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return std::nullopt;
    return found->second.figures;
}

std::optional<Figures::Owner> Figures::owner_of(StreamId stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return std::nullopt;
    return Owner{found->second.key, found->second.broadcaster, found->second.source};
}

std::optional<Figures::Load> Figures::load_of(StreamId stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return std::nullopt;
    const Measured& measured = found->second;
    Load load;
    if (measured.has_bitrate) load.bitrate = measured.figures.bitrate;
    for (const auto& [protocol, count] : measured.figures.readers) load.viewers += count;
    load.over_bitrate_since = measured.over_bitrate_since;
    return load;
}

void Figures::add_to(std::vector<StreamGauge>& streams) const {
    const std::lock_guard lock(mutex_);
    for (auto& stream : streams) {
        const auto found = streams_.find(stream.stream_id);
        if (found == streams_.end()) continue;
        const StreamFigures& figures = found->second.figures;
        stream.bitrate = stream.live ? figures.bitrate : 0;
        for (const auto& [protocol, count] : figures.readers) stream.readers += count;
    }
}

std::optional<StreamTotals> Figures::totals_of(StreamId stream) const {
    const auto figures = of(stream);
    if (!figures) return std::nullopt;
    return StreamTotals{figures->inbound_bytes, figures->peak_bitrate, figures->peak_readers};
}

void Figures::keep_only(const std::vector<Session>& sessions) {
    std::unordered_set<StreamId> open;
    for (const auto& session : sessions) {
        if (session.stream) open.insert(session.stream->id);
    }
    const std::lock_guard lock(mutex_);
    std::erase_if(streams_, [&](const auto& entry) { return !open.contains(entry.first); });
}

}  // namespace rescuestream
