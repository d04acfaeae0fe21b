#include "fields/incident_json.hpp"

#include <optional>
#include <vector>

#include "fields/field_io.hpp"
#include "fields/incident.hpp"
#include "fields/record_fields.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/audit_json.hpp"
#include "rescuestream/json/incident_json.hpp"
#include "rescuestream/json/refused_attempt_json.hpp"

namespace rescuestream {
namespace {

// In one request.
constexpr std::size_t kMostAssigned = 1'000;

constexpr auto kDescribeIncident = [](auto& io, auto& incident) {
    constexpr bool kWrites = std::decay_t<decltype(io)>::kWrites;
    io.required("id", incident.id);
    if constexpr (kWrites) {
        io.required("status", std::string_view(incident.closed_at ? "closed" : "open"));
    }
    fields::for_each_field(incident, fields::RecordFields(io));
    io.required("created_at", incident.created_at);
    io.required("updated_at", incident.updated_at);
    io.required("created_by", incident.created_by);
    io.optional("closed_at", incident.closed_at);
    io.optional("closed_by", incident.closed_by);
};

template <class IdType>
void write_ids(json::Writer& writer, const char* name, const std::vector<IdType>& ids) {
    json::write(writer, name);
    writer.StartArray();
    for (const auto& id : ids) json::write(writer, id.to_string());
    writer.EndArray();
}

template <class IdType>
std::vector<IdType> read_ids(const rapidjson::Value& json, const char* name) {
    std::vector<IdType> ids;
    for (const auto& text : json::read::texts(json, name)) {
        const auto id = IdType::parse(text);
        if (!id) json::read::fail(name, "has something else than ids");
        ids.push_back(*id);
    }
    return ids;
}

constexpr auto kDescribeReportedStream = [](json::MemberWriter& io,
                                            const ReportedStream& reported) {
    const ListedStream& stream = reported.stream;
    io.required("id", stream.id);
    io.required("path", stream.path);
    io.required("stream_key_id", stream.stream_key_id);
    io.required("key_label", stream.key_label);
    io.required("broadcaster_id", stream.broadcaster_id);
    io.required("broadcaster_name", stream.broadcaster_name);
    io.required("state", stream.state);
    io.required("started_at", stream.started_at);
    io.optional("joined_at", reported.joined_at);
    io.optional("ended_at", stream.ended_at);
    io.optional("end_reason", stream.end_reason);
    io.array("gaps", reported.gaps, [](auto& inner, const StreamGap& gap) {
        inner.required("from", gap.from);
        inner.optional("to", gap.to);
    });
    if (reported.has_more_gaps) io.required("has_more_gaps", true);
    if (stream.totals) io.required("most_viewers", stream.totals->peak_readers);
};

// As in GET /viewers, with what the report adds.
constexpr auto kDescribeReportedViewer = [](json::MemberWriter& io,
                                            const ReportedViewer& reported) {
    const Viewer& viewer = reported.viewer;
    io.required("id", viewer.id.value);
    io.required("path", viewer.path);
    io.required("device", reported.device);
    io.required("protocol", viewer.protocol);
    io.required("address", viewer.remote_address);
    io.optional("user_agent", viewer.user_agent);
    if (!viewer.grants.empty()) {
        io.required("token_id", viewer.grants.front().id);
        io.optional("viewer_id", viewer.grants.front().viewer_id);
    }
    io.optional("guest_link_id", reported.guest_link_id);
    io.optional("guest_link", reported.guest_link);
    io.required("since", viewer.since);
    io.optional("until", viewer.until);
    io.optional("put_out_at", reported.put_out_at);
    io.optional("right_ended_at", reported.right_ended_at);
};

template <class Items>
void write_array(json::Writer& writer, const char* name, const Items& items) {
    json::write(writer, name);
    writer.StartArray();
    for (const auto& item : items) {
        const std::string text = to_json(item);
        writer.RawValue(text.data(), text.size(), rapidjson::kObjectType);
    }
    writer.EndArray();
}

}  // namespace

std::string to_json(const Incident& incident) {
    return json::write_record(incident, kDescribeIncident);
}

std::string to_json(const IncidentDetails& details) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        kDescribeIncident(io, details.incident);
        fields::write_assignment(writer, details.assigned);
        fields::write_public_paths(writer, details.public_paths);
        if (details.has_more_broadcasters) io.required("has_more_broadcasters", true);
        if (details.has_more_stream_keys) io.required("has_more_stream_keys", true);
    });
}

std::string to_json(const IncidentReport& report) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        json::raw_member(writer, "incident", to_json(report.details));
        io.required("made_at", report.made_at);
        io.array("streams", report.streams, kDescribeReportedStream);
        io.required("has_more_streams", report.has_more_streams);
        io.array("viewers", report.viewers, kDescribeReportedViewer);
        io.required("has_more_viewers", report.has_more_viewers);
        write_array(writer, "refusals", report.refusals);
        io.required("has_more_refusals", report.has_more_refusals);
        write_array(writer, "actions", report.actions);
        io.required("has_more_actions", report.has_more_actions);
    });
}

namespace fields {

NewIncident read_new_incident(json::BodyReader& body) {
    NewIncident input;
    for_each_field(input, InputReader(body, {}));
    return input;
}

IncidentPatch read_incident_patch(json::BodyReader& body) {
    IncidentPatch patch;
    for_each_field(patch, InputReader(body, {}));
    return patch;
}

IncidentAssignment read_incident_assignment(json::BodyReader& body) {
    return {body.ids<BroadcasterId>("broadcaster_ids", kMostAssigned),
            body.ids<StreamKeyId>("stream_key_ids", kMostAssigned)};
}

std::string to_body(const NewIncident& input) {
    return json::object([&](json::Writer& writer) { for_each_field(input, BodyWriter(writer)); });
}

std::string to_body(const IncidentPatch& patch) {
    return json::object([&](json::Writer& writer) { for_each_field(patch, BodyWriter(writer)); });
}

std::string to_body(const IncidentAssignment& given) {
    return json::object([&](json::Writer& writer) { write_assignment(writer, given); });
}

void write_assignment(json::Writer& writer, const IncidentAssignment& assigned) {
    write_ids(writer, "broadcaster_ids", assigned.broadcaster_ids);
    write_ids(writer, "stream_key_ids", assigned.stream_key_ids);
}

IncidentAssignment read_assignment(const rapidjson::Value& json) {
    return {read_ids<BroadcasterId>(json, "broadcaster_ids"),
            read_ids<StreamKeyId>(json, "stream_key_ids")};
}

IncidentAssignment read_stored_assignment(const std::string& text) {
    const auto document = json::parse(text);
    if (!document || !document->IsObject())
        throw json::BadValue("a stored list of ids is no object");
    return read_assignment(*document);
}

Incident read_incident(const rapidjson::Value& json) {
    return json::read_record<Incident>(json, kDescribeIncident);
}

IncidentDetails read_incident_details(const rapidjson::Value& json) {
    const auto is_set = [&](const char* name) {
        return json::read::find(json, name) != nullptr && json::read::flag(json, name);
    };
    return {read_incident(json), read_assignment(json), read_public_paths(json),
            is_set("has_more_broadcasters"), is_set("has_more_stream_keys")};
}

void write_public_paths(json::Writer& writer, const std::vector<std::string>& paths) {
    if (paths.empty()) return;
    json::write(writer, "public_paths");
    writer.StartArray();
    for (const auto& path : paths) json::write(writer, path);
    writer.EndArray();
}

std::vector<std::string> read_public_paths(const rapidjson::Value& json) {
    constexpr const char* kName = "public_paths";
    if (!json.IsObject() || !json.HasMember(kName)) return {};
    return json::read::texts(json, kName);
}

}  // namespace fields
}  // namespace rescuestream
