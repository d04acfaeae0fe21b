#pragma once

#include <chrono>
#include <optional>

#include "rescuestream/addresses.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/stream_keys.hpp"

namespace rescuestream::cli {

/// A new key with all addresses that its owner needs.
struct CreatedKey {
    CreatedStreamKey created;
    EncoderAddresses encoder;
    ViewerAddresses viewer;
};

/// The same after a rotation of the key.
struct RotatedKey {
    RotatedStreamKey rotated;
    EncoderAddresses encoder;
    ViewerAddresses viewer;
};

/// A key with its addresses. Those of encoders have `KEY_VALUE` in the place of the key value.
struct KeyWithAddresses {
    StreamKey key;
    std::optional<EncoderAddresses> encoder;  ///< Empty: the server is an older one.
    std::optional<ViewerAddresses> viewer;
};

/// The operations on stream keys; see AdminApi.
class KeyApi {
public:
    virtual ~KeyApi() = default;

    virtual Result<CreatedKey> create_stream_key(const NewStreamKey& input) = 0;
    virtual Result<StreamKey> find_stream_key(StreamKeyId id) = 0;
    virtual Result<KeyWithAddresses> show_stream_key(StreamKeyId id) = 0;
    virtual Result<Page<StreamKey>> list_stream_keys(const StreamKeyFilter& filter,
                                                     const PageRequest& page) = 0;
    virtual Result<StreamKey> update_stream_key(StreamKeyId id, const StreamKeyPatch& patch) = 0;
    virtual Result<RevokedStreamKey> revoke_stream_key(StreamKeyId id) = 0;
    virtual Result<ChangedStreamKey> disable_stream_key(StreamKeyId id) = 0;
    virtual Result<ChangedStreamKey> enable_stream_key(StreamKeyId id) = 0;
    virtual Result<RotatedKey> rotate_stream_key(StreamKeyId id, std::chrono::seconds overlap) = 0;
};

}  // namespace rescuestream::cli
