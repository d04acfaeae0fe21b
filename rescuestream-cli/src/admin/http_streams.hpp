#pragma once

#include "admin/http_caller.hpp"
#include "admin/stream_api.hpp"

namespace rescuestream::cli {

/// Carries out the operations on streams by a server's HTTP API.
class HttpStreams : public virtual StreamApi {
public:
    explicit HttpStreams(HttpCaller& caller) : caller_(caller) {}

    Result<Page<StreamWithAddresses>> list_streams(const StreamQuery& query,
                                                   const PageRequest& page) override;
    Result<StreamWithAddresses> find_stream(StreamId id) override;
    Result<std::vector<StreamTransition>> stream_timeline(StreamId id) override;
    Result<StoppedStreamWithAddresses> stop_stream(StreamId id,
                                                   std::chrono::seconds block) override;

protected:
    ~HttpStreams() = default;  // Owned as an AdminApi.

private:
    HttpCaller& caller_;
};

}  // namespace rescuestream::cli
