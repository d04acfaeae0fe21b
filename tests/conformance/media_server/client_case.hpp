#pragma once

#include <memory>
#include <string>

#include "conformance/media_server/stage_case.hpp"
#include "rescuestream/media_mtx.hpp"
#include "support/media_mtx_stub.hpp"

namespace rescuestream::testing {

/// A client of the stub, for behaviour that only the MediaMTX client has.
class ClientCase {
public:
    static constexpr milliseconds kTimeout{600};
    static constexpr milliseconds kSlack{700};  // for a busy machine with two cores

    ClientCase() { open(); }

    static std::unique_ptr<MediaServer> client_of(const std::string& url) {
        MediaMtxOptions options;
        options.api_url = url;
        options.request_timeout = kTimeout;
        return open_media_mtx(options).value();
    }
    void open(MediaMtxOptions options = {}) {
        options.api_url = stub_.url();
        if (options.request_timeout == MediaMtxOptions().request_timeout) {
            options.request_timeout = kTimeout;
        }
        client_ = open_media_mtx(options).value();
    }

    MediaMtxStub& stub() { return stub_; }
    FakeMediaServer& model() { return stub_.model(); }
    MediaServer& client() { return *client_; }

    static ConnectionId id(int number) {
        const std::string digits = std::to_string(number);
        return {"00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits};
    }

private:
    MediaMtxStub stub_;
    std::unique_ptr<MediaServer> client_;
};

}  // namespace rescuestream::testing
