#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rescuestream/fake_media_server.hpp"

namespace rescuestream::testing {

/// Which members an answer has.
enum class MtxVocabulary {
    kV1_15,              ///< `ready`, `bytesReceived`; no `available`, no `inboundBytes`.
    kCurrent,            ///< Both.
    kWithoutDeprecated,  ///< `available`, `inboundBytes`: when the deprecated ones are gone.
};

/// Which names of the connection lists' routes are answered.
enum class MtxRouteNames {
    kJoined,  ///< `/v3/rtmpconns/…`: before v1.21.
    kBoth,    ///< v1.21.
    kNested,  ///< `/v3/rtmp/conns/…`: when the old names are gone.
};

/// The fault that affects every answer.
enum class MtxFault {
    kNone,
    kHang,      ///< No byte is sent until the fault is removed.
    kDrip,      ///< The body a byte each 50 ms, as long as the client reads.
    kHalfPage,  ///< The connection ends in the middle of the body.
    kHugeBody,  ///< 200 MB of well-formed JSON.
};

struct MtxAnswer {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::string body;
};

/// An HTTP server that speaks MediaMTX's control API as its published api/openapi.yaml says, on a
/// free port of 127.0.0.1. What it knows of is in `model()`, a media server in memory.
///
/// Thread-safety: all methods may be called from any thread.
class MediaMtxStub {
public:
    MediaMtxStub();
    MediaMtxStub(const MediaMtxStub&) = delete;
    MediaMtxStub& operator=(const MediaMtxStub&) = delete;
    ~MediaMtxStub();

    std::string url() const;
    FakeMediaServer& model();

    void set_vocabulary(MtxVocabulary vocabulary);
    void set_route_names(MtxRouteNames names);
    /// What `/v3/info` calls its version; "v1.20.1" at first.
    void set_version(const std::string& version);
    /// Its protocol is switched off: its routes are answered as unknown ones are.
    void switch_off(ConnectionKind kind);
    /// Every request needs this credential.
    void require_credential(const std::string& user, const std::string& password);
    void set_fault(MtxFault fault);
    /// Sets one answer for all requests; empty: back to normal answers.
    void answer_all_with(std::optional<MtxAnswer> answer);
    /// Called before page `page` of a list is made, so that a test can change a list while it is
    /// read.
    void before_page(std::function<void(std::size_t page)> callback);
    /// Called while an answer to `method target` is on its way.
    void while_answering(std::function<void(const std::string& request)> callback);

    void shut_down();  ///< Connections are refused from now on.
    void start();      ///< Listens on the same port again.

    std::vector<std::string> requests() const;  ///< "GET /v3/info", in the order of their arrival.
    std::vector<std::string> bodies() const;    ///< Bodies of the same requests.
    std::size_t connections() const;            ///< Number of client ports that sent requests.
    int most_at_once(const std::string& part) const;  ///< Concurrent requests that contain `part`.

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rescuestream::testing
