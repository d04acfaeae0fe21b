#include "routes/streams.hpp"

#include <cstdint>

#include "body_reader.hpp"
#include "caller.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::server {
namespace {

constexpr std::chrono::seconds kMaxBlock = std::chrono::hours(24);

// Live streams are listed completely; all others are paged.
void read_state(QueryReader& query, StreamFilter& filter, PageRequest& page) {
    const std::string state = query.text("state").value_or("live");
    const auto one = parse_enum<StreamState>(state);
    if (state == "all") {
        filter.states = {};
        // an unknown state means a live stream on a lost node
    } else if (one && *one != StreamState::kUnknown) {
        filter.states = {*one};
    } else {
        query.fail("state", "must be live, reconnecting, ended or all");
    }
    if (state != "live" && !page.limit) page.limit = kMaxPage;
}

// The cursor of a timeline says how many transitions come before.
Cursor cursor_of_timeline(std::uint64_t place) {
    Uuid::Bytes bytes{};
    for (auto byte = bytes.rbegin(); place != 0; ++byte, place >>= 8U) {
        *byte = static_cast<std::uint8_t>(place & 0xFFU);
    }
    return {Timestamp{}, Uuid(bytes)};
}

std::optional<std::size_t> place_in_timeline(const Cursor& cursor) {
    std::size_t place = 0;
    for (const auto byte : cursor.id.bytes()) {
        if (place >> 32U != 0) return std::nullopt;  // a cursor of another list
        place = place << 8U | byte;
    }
    return cursor.time == Timestamp{} ? std::optional(place) : std::nullopt;
}

}  // namespace

HttpResponse list_streams(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    StreamFilter filter;
    PageRequest page = query.page();
    read_state(query, filter, page);
    filter.stream_key_id = query.id<StreamKeyId>("stream_key_id");
    filter.broadcaster_id = query.id<BroadcasterId>("broadcaster_id");
    read_broadcaster(query, filter);
    filter.incident_id = query.id<IncidentId>("incident_id");
    filter.label = query.text("label");
    filter.node = query.text("node");
    filter.from = query.time("from");
    filter.to = query.time("to");
    if (const auto error = query.error()) return problem(request, *error);

    const auto streams = context.orchestrator.list_streams(filter, page, request.credential.get());
    if (!streams) return problem(request, streams.error());
    const auto addresses_of = [&](const Stream& stream) {
        return context.orchestrator.viewer_addresses(stream);
    };
    if (filter == StreamFilter::live() && !page.limit && !page.after &&
        context.protection != nullptr) {
        return json_reply(200, context.protection->stream_list.write(streams->items, addresses_of));
    }
    return list_reply("streams", *streams, [&](const ListedStream& stream) {
        return to_json(stream, addresses_of(stream));
    });
}

HttpResponse show_stream(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());

    const auto stream = context.orchestrator.find_stream(*id, request.credential.get());
    if (!stream) return problem(request, stream.error());
    const auto addresses = context.orchestrator.viewer_addresses(*stream);
    const auto figures = context.orchestrator.stream_figures(*id);
    // A stream that has just ended has its totals instead.
    const bool is_measured = figures && stream->state != StreamState::kEnded;
    return json_reply(
        200, is_measured ? to_json(*stream, addresses, *figures) : to_json(*stream, addresses));
}

HttpResponse show_timeline(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());

    QueryReader query(request);
    const PageRequest page = query.page(kMaxPage);
    TimelinePart part;
    if (page.after) {
        if (const auto place = place_in_timeline(*page.after)) {
            part.after = *place;
        } else {
            query.fail("cursor", "must be a next_cursor of this list");
        }
    }
    if (const auto error = query.error()) return problem(request, *error);

    part.limit = *page.limit + 1;  // one more shows whether there are more
    auto timeline = context.orchestrator.stream_timeline(*id, request.credential.get(), part);
    if (!timeline) return problem(request, timeline.error());
    Page<StreamTransition> shown{*std::move(timeline), std::nullopt};
    if (shown.items.size() > *page.limit) {
        shown.items.pop_back();
        shown.next = cursor_of_timeline(part.after + shown.items.size());
    }
    return list_reply("timeline", shown,
                      [](const StreamTransition& transition) { return to_json(transition); });
}

HttpResponse stop_stream(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());
    BodyReader body(body_or_empty_object(request));
    const auto block = body.seconds("block_seconds", std::chrono::seconds(0), kMaxBlock);
    if (const auto error = body.error()) return problem(request, *error);

    const auto stopped = context.orchestrator.stop_stream(
        *id, block.value_or(std::chrono::seconds(0)), caller_of(request));
    if (!stopped) return problem(request, stopped.error());
    return cutoff_reply(
        "stream", to_json(stopped->stream, context.orchestrator.viewer_addresses(stopped->stream)),
        stopped->cutoff);
}

}  // namespace rescuestream::server
