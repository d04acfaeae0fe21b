#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"

namespace rescuestream::cli {
namespace {

class HttpStreams final : public StreamApi {
public:
    explicit HttpStreams(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                   const PageRequest& page) override {
        messages::Query text;
        text.add("state", query.state ? to_string(*query.state) : std::string_view("all"));
        text.add("stream_key_id", query.stream_key_id);
        text.add("broadcaster_id", query.broadcaster_id);
        text.add("incident_id", query.incident_id);
        text.add("label", query.label);
        text.add("node", query.node);
        text.add("from", query.from);
        text.add("to", query.to);
        text.add(page);
        return messages::parse_list(caller_->call("GET", "/streams", text.text()), "streams",
                                    read_stream);
    }

    Result<StreamWithAddresses> find_stream(StreamId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("streams", id)),
                                      read_stream);
    }

    Result<std::vector<StreamTransition>> stream_timeline(StreamId id) override {
        std::vector<StreamTransition> timeline;
        PageRequest part;
        do {
            messages::Query query;
            query.add(part);
            auto page = messages::parse_list(
                caller_->call("GET", messages::item("streams", id, "timeline"), query.text()),
                "timeline", fields::read_transition);
            if (!page) return std::move(page).error();
            for (auto& each : page->items) timeline.push_back(std::move(each));
            part.after = page->next;
        } while (part.after);
        return timeline;
    }

    Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                   std::chrono::seconds block) override {
        const auto body = json::object([&](json::Writer& writer) {
            json::integer_member(writer, "block_seconds", block.count());
        });
        return messages::parse_answer(
            caller_->call("POST", messages::item("streams", id, "stop"), "", body),
            [](const rapidjson::Value& json) {
                return StoppedStreamWithAddresses{
                    read_stream(read::member(json, "stream")),
                    fields::read_cutoff(read::member(json, "cutoff"))};
            });
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<StreamApi> make_http_streams(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpStreams>(std::move(caller));
}

}  // namespace rescuestream::cli
