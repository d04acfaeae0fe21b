#include "caller.hpp"
#include "problem.hpp"
#include "reply.hpp"
#include "request_readers.hpp"
#include "rescuestream/json.hpp"
#include "routes/handlers.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMaxPage = 1'000;

// What has not ended is listed whole; history is not.
void read_state(QueryReader& query, StreamFilter& filter, PageRequest& page) {
    const std::string state = query.text("state").value_or("live");
    if (state == "all") {
        filter.states = {};
    } else if (const auto one = parse_enum<StreamState>(state)) {
        filter.states = {*one};
    } else {
        query.fail("state", "must be live, reconnecting, ended or all");
    }
    if ((state == "all" || state == "ended") && !page.limit) page.limit = kMaxPage;
}

}  // namespace

HttpResponse list_streams(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    StreamFilter filter;
    PageRequest page = query.page(kMaxPage);
    read_state(query, filter, page);
    filter.stream_key_id = query.id<StreamKeyId>("stream_key_id");
    filter.broadcaster_id = query.id<BroadcasterId>("broadcaster_id");
    if (const auto error = query.error()) return problem(request, *error);

    const auto streams = context.orchestrator.list_streams(filter, page);
    if (!streams) return problem(request, streams.error());
    return list_reply("streams", *streams, [&](const Stream& stream) {
        return to_json(stream, context.orchestrator.viewer_addresses(stream));
    });
}

HttpResponse show_stream(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());

    const auto stream = context.orchestrator.find_stream(*id);
    if (!stream) return problem(request, stream.error());
    return json_reply(200, to_json(*stream, context.orchestrator.viewer_addresses(*stream)));
}

HttpResponse stop_stream(const Context& context, const HttpRequest& request) {
    const auto id = path_id<StreamId>(request);
    if (!id) return problem(request, id.error());
    if (const auto error = check_no_members(request.body)) return problem(request, *error);

    const auto stopped = context.orchestrator.stop_stream(*id, caller_of(request));
    if (!stopped) return problem(request, stopped.error());
    return cutoff_reply(
        "stream", to_json(stopped->stream, context.orchestrator.viewer_addresses(stopped->stream)),
        stopped->cutoff);
}

}  // namespace rescuestream::server
