#include <map>
#include <string>
#include <utility>
#include <vector>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectStreams final : public StreamApi {
public:
    DirectStreams(DirectAccess access, NodeProbe probe)
        : access_(std::move(access)), probe_(std::move(probe)) {}

    Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                   const PageRequest& page) override {
        StreamFilter filter;
        if (query.state) filter.states.push_back(*query.state);
        filter.stream_key_id = query.stream_key_id;
        filter.broadcaster_id = query.broadcaster_id;
        filter.incident_id = query.incident_id;
        filter.label = query.label;
        filter.node = query.node;
        filter.from = query.from;
        filter.to = query.to;
        auto streams = access_.orchestrator->list_streams(filter, page);
        if (!streams) return std::move(streams).error();
        Page<StreamWithAddresses> result;
        result.next = streams->next;
        mark_unseen(streams->items);
        for (auto& stream : streams->items)
            result.items.push_back(with_addresses(std::move(stream)));
        return result;
    }

    Result<StreamWithAddresses> find_stream(StreamId id) override {
        auto stream = access_.orchestrator->find_stream(id);
        if (!stream) return std::move(stream).error();
        auto found = with_addresses(*std::move(stream));
        if (found.stream.state != StreamState::kEnded) {
            found.figures = access_.orchestrator->stream_figures(id);
        }
        return found;
    }

    Result<std::vector<StreamTransition>> stream_timeline(StreamId id) override {
        return access_.orchestrator->stream_timeline(id);
    }

    Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                   std::chrono::seconds block) override {
        auto stopped = access_.orchestrator->stop_stream(id, block, access_.caller);
        if (!stopped) return std::move(stopped).error();
        return StoppedStreamWithAddresses{with_addresses(std::move(stopped->stream)),
                                          stopped->cutoff};
    }

private:
    // This program polls no media server, so what the database calls live may be gone with one that
    // does not answer.
    void mark_unseen(std::vector<ListedStream>& streams) const {
        if (!probe_) return;
        std::map<std::string, bool> is_silent;  // by node
        for (auto& stream : streams) {
            if (stream.state != StreamState::kLive) continue;
            const auto [known, is_new] = is_silent.try_emplace(stream.node, false);
            if (is_new) known->second = does_not_answer(stream.node);
            if (known->second) stream.state = StreamState::kUnknown;
        }
    }

    bool does_not_answer(const std::string& node) const {
        const auto status = access_.orchestrator->find_node(node);
        if (!status) return false;
        const auto info = probe_(*status);
        return !info && (info.error().code == ErrorCode::kUnavailable ||
                         info.error().code == ErrorCode::kTimeout);
    }

    StreamWithAddresses with_addresses(ListedStream stream) const {
        auto addresses = access_.orchestrator->viewer_addresses(stream);
        return {std::move(stream), std::move(addresses), std::nullopt};
    }

    DirectAccess access_;
    NodeProbe probe_;
};

}  // namespace

std::unique_ptr<StreamApi> make_direct_streams(DirectAccess access, NodeProbe probe) {
    return std::make_unique<DirectStreams>(std::move(access), std::move(probe));
}

}  // namespace rescuestream::cli
