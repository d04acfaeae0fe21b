// A real MediaMTX with encoders and viewers that are ffmpeg.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "conformance/media_server/stage.hpp"
#include "rescuestream/media_mtx.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {
namespace {

using std::chrono::seconds;

// Every client may do everything; on loopback with ports of our own.
constexpr const char* kConfig = R"(
logLevel: info
readTimeout: 10s
api: yes
apiAddress: 127.0.0.1:{api}
rtspAddress: 127.0.0.1:{rtsp}
rtspTransports: [tcp]
rtmpAddress: 127.0.0.1:{rtmp}
srtAddress: 127.0.0.1:{srt}
hls: no
webrtc: no
paths:
  all_others: {{}}
)";

std::string program_or_skip(const std::string& name, const std::string& hint) {
    const auto found = find_program(name);
    if (!found) throw SkipStage{name + " was not found" + hint};
    return *found;
}

std::string media_mtx_program() {
    const char* chosen = std::getenv("MEDIAMTX_BIN");
    return program_or_skip(chosen == nullptr || *chosen == '\0' ? "mediamtx" : chosen,
                           " (MEDIAMTX_BIN names a MediaMTX)");
}

class MediaMtxStage final : public Stage {
public:
    MediaMtxStage()
        : media_mtx_program_(media_mtx_program()), ffmpeg_program_(program_or_skip("ffmpeg", "")) {
        std::ofstream(directory_.file("mediamtx.yml"))
            << fmt::format(kConfig, fmt::arg("api", api_port_), fmt::arg("rtsp", rtsp_port_),
                           fmt::arg("rtmp", rtmp_port_), fmt::arg("srt", srt_port_));
        const auto made =
            run({ffmpeg_program_, "-loglevel", "error", "-f", "lavfi", "-i",
                 "testsrc=size=320x180:rate=15:duration=4", "-pix_fmt", "yuv420p", "-c:v",
                 "libx264", "-preset", "ultrafast", "-g", "15", directory_.file("picture.mp4")});
        if (made.exit_code != 0)
            throw std::runtime_error("the test picture was not made: " + made.errors);

        MediaMtxOptions options;
        options.api_url = fmt::format("http://127.0.0.1:{}", api_port_);
        options.request_timeout = kStageTimeout;
        options.items_per_page = kStageItemsPerPage;
        client_ = open_media_mtx(options).value();
        start();
    }

    MediaServer& server() override { return *client_; }
    std::vector<ConnectionKind> publisher_kinds() const override {
        return {ConnectionKind::kRtmp, ConnectionKind::kRtsp, ConnectionKind::kSrt};
    }

    void reset() override {
        for (auto& [path, encoder] : encoders_) encoder.stop();
        encoders_.clear();
        readers_.clear();
        expect([this] { return has_only_its_own_entry(); }, "path entries are still there",
               seconds(10));
        // An encoder that was killed closes its connection; SRT's connection ends after a timeout.
        expect([this] { return client_->list_paths().value().empty(); }, "paths are still there",
               seconds(20));
        for (const auto kind : publisher_kinds()) {
            expect([&] { return client_->list_connections(kind).value().empty(); },
                   "connections are still there", seconds(20));
        }
    }

    ConnectionId publish(ConnectionKind kind, const std::string& path) override {
        const auto before = source_of(path);
        encoders_.emplace_back(path, encoder(kind, path));
        std::optional<ConnectionId> id;
        expect(
            [&] {
                id = source_of(path);
                return id && id != before;
            },
            "no stream at " + path, seconds(10));
        return *id;
    }

    ConnectionId connect(const std::string& path) override {
        const auto before = ids_of_rtmp();
        encoders_.emplace_back(path, encoder(ConnectionKind::kRtmp, path));
        std::optional<ConnectionId> id;
        expect(
            [&] {
                for (const auto& each : ids_of_rtmp()) {
                    if (!before.contains(each)) id = each;
                }
                return id.has_value();
            },
            "no connection for " + path, seconds(10));
        return *id;
    }

    // It closes its connection properly, as after Ctrl-C.
    void stop_publishing(const std::string& path) override {
        for (auto& [name, encoder] : encoders_) {
            if (name == path) encoder.stop();
        }
    }

    void deliver(const std::string&) override {}  // encoders send all the time

    std::string add_reader(const std::string& path) override {
        readers_.emplace_back(std::vector<std::string>{
            ffmpeg_program_, "-loglevel", "error", "-rtsp_transport", "tcp", "-i",
            rtsp_address(path), "-c", "copy", "-f", "null", "-"});
        expect([&] { return !client_->find_path(path).value().readers.empty(); },
               "no reader at " + path, seconds(10));
        return "rtspSession";
    }

    void restart() override {
        media_mtx_->stop();
        encoders_.clear();
        start();
    }
    void set_down(bool down) override { down ? void(media_mtx_->stop()) : start(); }
    void set_hanging(bool hanging) override { hanging ? media_mtx_->freeze() : media_mtx_->thaw(); }

private:
    void start() {
        // The environment variable, because old releases do not know the setting in the file.
        media_mtx_.emplace(
            std::vector<std::string>{media_mtx_program_, directory_.file("mediamtx.yml")},
            ProcessOptions{.environment = {{"MTX_MOQ", "no"}}});
        expect([this] { return client_->info().has_value(); }, "MediaMTX does not answer",
               seconds(10));
    }

    // Deletes the others.
    bool has_only_its_own_entry() {
        bool is_clean = true;
        for (const auto& entry : client_->list_path_configs().value()) {
            if (entry.name == "all_others") continue;
            is_clean = false;
            // Not found: MediaMTX answers a deletion before its list shows it.
            const auto deleted = client_->delete_path_config(entry.name);
            if (!deleted && deleted.error().code != ErrorCode::kNotFound) deleted.value();
        }
        return is_clean;
    }

    template <class Condition>
    void expect(Condition&& condition, const std::string& otherwise, seconds within) {
        if (eventually(condition, within)) return;
        throw std::runtime_error(otherwise + "\n" + media_mtx_->output() + media_mtx_->errors());
    }

    std::string rtsp_address(const std::string& path) const {
        return fmt::format("rtsp://127.0.0.1:{}/{}", rtsp_port_, path);
    }

    Process encoder(ConnectionKind kind, const std::string& path) const {
        std::vector<std::string> command{ffmpeg_program_,
                                         "-loglevel",
                                         "error",
                                         "-re",
                                         "-stream_loop",
                                         "-1",
                                         "-i",
                                         directory_.file("picture.mp4"),
                                         "-c",
                                         "copy",
                                         "-f"};
        switch (kind) {
            case ConnectionKind::kRtmp:
                command.insert(command.end(),
                               {"flv", fmt::format("rtmp://127.0.0.1:{}/{}", rtmp_port_, path)});
                break;
            case ConnectionKind::kRtsp:
                command.insert(command.end(),
                               {"rtsp", "-rtsp_transport", "tcp", rtsp_address(path)});
                break;
            case ConnectionKind::kSrt:
                command.insert(command.end(),
                               {"mpegts", fmt::format("srt://127.0.0.1:{}?streamid=publish:{}",
                                                      srt_port_, path)});
                break;
            default:
                throw std::runtime_error("there is no encoder for this kind");
        }
        return Process(command);
    }

    std::optional<ConnectionId> source_of(const std::string& path) {
        const auto found = client_->find_path(path);
        if (!found || !found->ready || !found->source) return std::nullopt;
        return found->source->id;
    }

    std::set<ConnectionId> ids_of_rtmp() {
        std::set<ConnectionId> ids;
        const auto all = client_->list_connections(ConnectionKind::kRtmp).value();
        for (const auto& each : all) {
            ids.insert(each.id);
        }
        return ids;
    }

    const std::string media_mtx_program_;
    const std::string ffmpeg_program_;
    const std::uint16_t api_port_ = free_port();
    const std::uint16_t rtsp_port_ = free_port();
    const std::uint16_t rtmp_port_ = free_port();
    const std::uint16_t srt_port_ = free_port();
    TemporaryDirectory directory_;
    std::unique_ptr<MediaServer> client_;
    std::optional<Process> media_mtx_;
    std::vector<std::pair<std::string, Process>> encoders_;
    std::vector<Process> readers_;
};

}  // namespace

std::unique_ptr<Stage> make_media_mtx_stage() {
    return std::make_unique<MediaMtxStage>();
}

}  // namespace rescuestream::testing
