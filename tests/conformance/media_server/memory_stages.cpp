// The media server in memory, and the MediaMTX client with the stub: the tests change the state of
// both by calls.
#include <fmt/format.h>

#include <stdexcept>

#include "conformance/media_server/stage.hpp"
#include "rescuestream/fake_media_server.hpp"
#include "rescuestream/media_mtx.hpp"
#include "support/media_mtx_stub.hpp"

namespace rescuestream::testing {
namespace {

class MemoryStage : public Stage {
public:
    std::vector<ConnectionKind> publisher_kinds() const override {
        return {ConnectionKind::kRtmp,  ConnectionKind::kRtmps, ConnectionKind::kRtsp,
                ConnectionKind::kRtsps, ConnectionKind::kSrt,   ConnectionKind::kWebRtc};
    }

    ConnectionId publish(ConnectionKind kind, const std::string& path) override {
        const auto id = next_id();
        model().connect(kind, id, "192.0.2.1:40104");
        model().publish(kind, id, path);
        return id;
    }
    ConnectionId connect(const std::string&) override {
        const auto id = next_id();
        model().connect(ConnectionKind::kRtmp, id, "192.0.2.1:40104");
        return id;
    }
    void stop_publishing(const std::string& path) override {
        model().disconnect(model().find_path(path).value().source.value().id);
    }
    void deliver(const std::string& path) override { model().receive_bytes(path, 1'000); }
    std::string add_reader(const std::string& path) override {
        model().add_reader(path, "rtspSession", next_id());
        return "rtspSession";
    }
    void restart() override { model().restart(); }

protected:
    virtual FakeMediaServer& model() = 0;

private:
    ConnectionId next_id() { return {fmt::format("00000000-0000-4000-8000-{:012d}", ++counter_)}; }

    int counter_ = 0;
};

class FakeStage final : public MemoryStage {
public:
    MediaServer& server() override { return *fake_; }
    void reset() override { fake_ = std::make_unique<FakeMediaServer>(); }
    void set_down(bool down) override { fake_->set_down(down); }
    void set_hanging(bool hanging) override { fake_->set_hanging(hanging); }

protected:
    FakeMediaServer& model() override { return *fake_; }

private:
    std::unique_ptr<FakeMediaServer> fake_ = std::make_unique<FakeMediaServer>();
};

class StubStage final : public MemoryStage {
public:
    explicit StubStage(MtxRouteNames names) : names_(names) { reset(); }

    MediaServer& server() override { return *client_; }
    void reset() override {
        client_.reset();
        stub_ = std::make_unique<MediaMtxStub>();
        stub_->set_route_names(names_);
        if (names_ != MtxRouteNames::kJoined) stub_->set_version("v1.21.0");
        MediaMtxOptions options;
        options.api_url = stub_->url();
        options.request_timeout = kStageTimeout;
        options.items_per_page = kStageItemsPerPage;
        client_ = open_media_mtx(options).value();
    }
    void set_down(bool down) override { down ? stub_->shut_down() : stub_->start(); }
    void set_hanging(bool hanging) override {
        stub_->set_fault(hanging ? MtxFault::kHang : MtxFault::kNone);
    }

protected:
    FakeMediaServer& model() override { return stub_->model(); }

private:
    const MtxRouteNames names_;
    std::unique_ptr<MediaMtxStub> stub_;
    std::unique_ptr<MediaServer> client_;
};

}  // namespace

std::unique_ptr<Stage> make_fake_stage() {
    return std::make_unique<FakeStage>();
}

std::unique_ptr<Stage> make_stub_stage() {
    return std::make_unique<StubStage>(MtxRouteNames::kJoined);
}

std::unique_ptr<Stage> make_stub_stage_with_both_route_names() {
    return std::make_unique<StubStage>(MtxRouteNames::kBoth);
}

std::unique_ptr<Stage> make_stub_stage_with_new_route_names() {
    return std::make_unique<StubStage>(MtxRouteNames::kNested);
}

}  // namespace rescuestream::testing
