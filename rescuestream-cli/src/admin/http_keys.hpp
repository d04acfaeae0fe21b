#pragma once

#include "admin/http_caller.hpp"
#include "admin/key_api.hpp"

namespace rescuestream::cli {

/// Carries out the operations on stream keys by a server's HTTP API.
class HttpKeys : public virtual KeyApi {
public:
    explicit HttpKeys(HttpCaller& caller) : caller_(caller) {}

    Result<CreatedKey> create_stream_key(const NewStreamKey& input) override;
    Result<StreamKey> find_stream_key(StreamKeyId id) override;
    Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                             const PageRequest& page) override;
    Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) override;
    Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) override;
    Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) override;
    Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) override;
    Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) override;

protected:
    ~HttpKeys() = default;  // Owned as an AdminApi.

private:
    HttpCaller& caller_;
};

}  // namespace rescuestream::cli
