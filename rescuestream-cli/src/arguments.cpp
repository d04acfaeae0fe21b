#include "arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <ostream>
#include <vector>

#include "json/document.hpp"
#include "length_of_time.hpp"
#include "output.hpp"

namespace rescuestream::cli {
namespace {

using std::chrono::seconds;

struct Candidate {
    std::string id;
    std::string name;
};

// So many are named; a name that more have is not found by reading all of them.
constexpr std::size_t kMostNamed = 10;

Error ambiguous(std::string_view kind, const std::string& text,
                const std::vector<Candidate>& candidates) {
    std::string message = fmt::format("Several {} are called {}; give the id:", kind, text);
    for (std::size_t i = 0; i < std::min(candidates.size(), kMostNamed); ++i) {
        message += fmt::format(" {} ({})", candidates[i].id, candidates[i].name);
    }
    if (candidates.size() > kMostNamed) message += " and others";
    return usage_error(std::move(message));
}

// One more than are named.
PageRequest first_candidates() {
    PageRequest page;
    page.limit = kMostNamed + 1;
    return page;
}

Error no_stream_at(const std::string& path) {
    return {ErrorCode::kNotFound, fmt::format("There is no stream at the path {}.", path), "", {}};
}

// Returns the keys that viewers find at this path. Those of removed broadcasters are not listed.
Result<std::vector<StreamKeyId>> keys_at(AdminApi& admin, const std::string& path) {
    StreamKeyFilter filter;
    filter.playback_path = path;
    const auto keys = admin.keys().list_stream_keys(filter, {});
    if (!keys) return keys.error();
    std::vector<StreamKeyId> found;
    found.reserve(keys->items.size());
    for (const auto& key : keys->items) found.push_back(key.id);
    return found;
}

// Searches the latest ended streams for one that had this path, also if its key is gone.
Result<StreamId> recently_ended_at(AdminApi& admin, const std::string& path) {
    constexpr std::size_t kPage = 500;
    constexpr std::size_t kMostPages = 20;
    StreamQuery query;
    query.state = StreamState::kEnded;
    PageRequest page;
    page.limit = kPage;
    for (std::size_t i = 0; i < kMostPages; ++i) {
        const auto list = admin.streams().list_streams(query, page);
        if (!list) return list.error();
        for (const auto& item : list->items) {
            if (item.stream.path == path) return item.stream.id;
        }
        if (!list->next) break;
        page.after = list->next;
    }
    return no_stream_at(path);
}

// Returns the newest ended stream of the keys that have or had this path, else one at the path
// itself.
Result<StreamId> newest_ended(AdminApi& admin, const std::string& path) {
    const auto keys = keys_at(admin, path);
    if (!keys) return keys.error();
    std::optional<Stream> newest;
    for (const auto& key : *keys) {
        StreamQuery query;
        query.state = StreamState::kEnded;
        query.stream_key_id = key;
        PageRequest one;
        one.limit = 1;
        const auto list = admin.streams().list_streams(query, one);
        if (!list) return list.error();
        for (const auto& item : list->items) {
            if (!newest || newest->started_at < item.stream.started_at) newest = item.stream;
        }
    }
    if (newest) return newest->id;
    return recently_ended_at(admin, path);
}

// Returns the stream that has not ended of the key that viewers find at this path: an encoder may
// publish to another one, its secret.
Result<StreamId> open_stream_of_key_at(AdminApi& admin, const std::string& path) {
    const auto keys = keys_at(admin, path);
    if (!keys) return keys.error();
    // Of several keys that share a path, one is live.
    for (const auto state : {StreamState::kLive, StreamState::kReconnecting}) {
        for (const auto& key : *keys) {
            StreamQuery query;
            query.state = state;
            query.stream_key_id = key;
            const auto list = admin.streams().list_streams(query, {});
            if (!list) return list.error();
            // A key has one stream at a time.
            if (!list->items.empty()) return list->items.front().stream.id;
        }
    }
    return no_stream_at(path);
}

Error not_found(std::string_view what, const std::string& text) {
    return {ErrorCode::kNotFound, fmt::format("There is no {} called {}.", what, text), "", {}};
}

}  // namespace

Error usage_error(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), "", {}};
}

Result<seconds> parse_length(std::string_view text, std::string_view option) {
    if (const auto length = parse_length_of_time(text)) return *length;
    return usage_error(fmt::format(
        "{}: must be seconds, or a length of time such as 90s, 10m, 1h30m, 12h or 7d.", option));
}

Result<JsonObject> parse_metadata(std::string_view text) {
    auto object = JsonObject::parse(text);
    if (object) {
        // A text from the command line gets the same checks as a text that a server receives.
        if (auto checked = json::check(text); !checked) {
            return usage_error("--metadata: " + checked.error().message);
        }
        return *std::move(object);
    }
    return usage_error(
        "--metadata: must be one JSON object, at most 16 KiB and 32 levels deep, such as "
        "'{\"unit\":\"alpha\"}'.");
}

Result<PageRequest> page_request(std::size_t limit, const std::string& cursor) {
    PageRequest page;
    if (limit != 0) page.limit = limit;
    if (cursor.empty()) return page;
    page.after = Cursor::decode(cursor);
    if (!page.after) {
        return usage_error("--cursor: must be the cursor that an earlier list printed.");
    }
    return page;
}

Result<BroadcasterId> resolve_broadcaster(AdminApi& admin, const std::string& text) {
    if (const auto id = BroadcasterId::parse(text)) return *id;
    const auto list = admin.broadcasters().list_broadcasters({});
    if (!list) return list.error();
    std::vector<Candidate> candidates;
    BroadcasterId found;
    for (const auto& broadcaster : list->items) {
        if (broadcaster.display_name != text) continue;
        found = broadcaster.id;
        candidates.push_back({broadcaster.id.to_string(), broadcaster.display_name});
    }
    if (candidates.empty()) return not_found("broadcaster", text);
    if (candidates.size() > 1) return ambiguous("broadcasters", text, candidates);
    return found;
}

Result<StreamKeyId> resolve_stream_key(AdminApi& admin, const std::string& text) {
    if (const auto id = StreamKeyId::parse(text)) return *id;
    if (text.empty()) return not_found("stream key", text);  // most keys have no label
    std::vector<StreamKey> keys;
    for (const auto member : {&StreamKeyFilter::label, &StreamKeyFilter::playback_path}) {
        StreamKeyFilter filter;
        filter.*member = text;
        const auto list = admin.keys().list_stream_keys(filter, {});
        if (!list) return list.error();
        for (const auto& key : list->items) {
            const bool is_known = member == &StreamKeyFilter::playback_path && key.label == text;
            if (!is_known) keys.push_back(key);
        }
    }
    for (const bool revoked : {false, true}) {
        std::vector<Candidate> candidates;
        StreamKeyId found;
        for (const auto& key : keys) {
            if (key.revoked_at.has_value() != revoked) continue;
            found = key.id;
            candidates.push_back({key.id.to_string(), key.playback_path});
        }
        if (candidates.size() > 1) return ambiguous("stream keys", text, candidates);
        if (!candidates.empty()) return found;
    }
    return not_found("stream key", text);
}

Result<IncidentId> resolve_incident(AdminApi& admin, const std::string& text) {
    if (const auto id = IncidentId::parse(text)) return *id;
    if (text.empty()) return not_found("incident", text);  // most have no reference
    for (const bool open : {true, false}) {
        std::vector<Candidate> candidates;
        for (const auto member : {&IncidentFilter::name, &IncidentFilter::reference}) {
            IncidentFilter filter;
            filter.open = open;
            filter.*member = text;
            const auto list = admin.incidents().list_incidents(filter, first_candidates());
            if (!list) return list.error();
            for (const auto& incident : list->items) {
                const bool is_known = member == &IncidentFilter::reference && incident.name == text;
                if (!is_known) candidates.push_back({incident.id.to_string(), incident.name});
            }
        }
        if (candidates.size() > 1) return ambiguous("incidents", text, candidates);
        if (!candidates.empty()) return *IncidentId::parse(candidates.front().id);
    }
    return not_found("incident", text);
}

Result<GuestLinkId> resolve_guest_link(AdminApi& admin, const std::string& text) {
    if (const auto id = GuestLinkId::parse(text)) return *id;
    if (text.empty()) return not_found("guest link", text);  // a link may have no label
    for (const bool open : {true, false}) {
        GuestLinkFilter filter;
        filter.label = text;
        filter.open = open;
        const auto list = admin.guests().list_guest_links(filter, first_candidates());
        if (!list) return list.error();
        std::vector<Candidate> candidates;
        for (const auto& link : list->items) {
            candidates.push_back({link.id.to_string(), link.label});
        }
        if (candidates.size() > 1) return ambiguous("guest links", text, candidates);
        if (!candidates.empty()) return *GuestLinkId::parse(candidates.front().id);
    }
    return not_found("guest link", text);
}

Result<StreamId> resolve_stream(AdminApi& admin, const std::string& text) {
    if (const auto id = StreamId::parse(text)) return *id;
    std::vector<Candidate> candidates;
    StreamId found;
    for (const auto state : {StreamState::kLive, StreamState::kReconnecting}) {
        StreamQuery query;
        query.state = state;
        const auto list = admin.streams().list_streams(query, {});
        if (!list) return list.error();
        for (const auto& item : list->items) {
            const Stream& stream = item.stream;
            if (stream.path != text) continue;
            found = stream.id;
            candidates.push_back({stream.id.to_string(), stream.path});
        }
        // Keys that share a path may have a stream each, of which one is live.
        if (!candidates.empty()) break;
    }
    if (candidates.empty()) return open_stream_of_key_at(admin, text);
    if (candidates.size() > 1) return ambiguous("streams", text, candidates);
    return found;
}

Result<StreamId> resolve_past_stream(AdminApi& admin, const std::string& text) {
    auto found = resolve_stream(admin, text);
    if (found || found.error().code != ErrorCode::kNotFound) return found;
    return newest_ended(admin, text);
}

Result<ExitCode> confirm(Host& host, bool yes, const std::string& question) {
    if (yes) return ExitCode::kOk;
    if (!host.in_is_terminal) {
        return usage_error(
            "Nothing was changed: there is no terminal to ask on. Give --yes to answer this: " +
            question);
    }
    host.err << printable(question) << " [y/N] " << std::flush;
    std::string answer;
    std::getline(host.in, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return ExitCode::kOk;
    host.err << "Nothing was changed.\n";
    return ExitCode::kDeclined;
}

}  // namespace rescuestream::cli
