#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "admin/open_direct.hpp"
#include "http_stub.hpp"
#include "rescuestream/version.hpp"
#include "support/media_mtx_stub.hpp"
#include "support/temporary_directory.hpp"
#include "test_cli.hpp"

namespace doctor_test {

using namespace rescuestream;
using namespace rescuestream::cli;
using rescuestream::testing::MediaMtxStub;
using rescuestream::testing::TemporaryDirectory;

inline std::string port_of_origin(const std::string& origin) {
    return origin.substr(origin.rfind(':') + 1);
}

// A server that is ready and accepts every secret.
inline void answer_as_server(const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/livez") {
        response.set_content(R"({"status":"ok"})", "application/json");
    } else if (request.path == "/readyz") {
        response.set_content(
            R"({"status":"ready","database":"ok","media_server":"ok","version":")" +
                std::string(RESCUESTREAM_VERSION) + R"(","checks":[]})",
            "application/json");
    } else {
        response.status = 401;
        response.set_content("{}", "application/json");
    }
}

inline OrchestratorSettings at_media_mtx(const std::string& url) {
    auto settings = testing::TestOrchestrator::default_settings();
    settings.api_url = url;
    // Closed, also when a MediaMTX of this machine answers at the ports of the defaults.
    settings.addresses.rtsp = "rtsp://127.0.0.1:" + port_of_origin(dead_origin());
    return settings;
}

/// A server's answer to GET /nodes: the default node at `url`, with further `members`.
inline std::string list_of_default_node(const std::string& members, const std::string& url) {
    return R"({"nodes":[{"name":"default","label":"","draining":false,"default":true,)" + members +
           R"(,"unknown_publishers":[],"path_notes":[],"api_url":")" + url +
           R"(","addresses":{"webrtc":")" + url + R"(","hls":")" + url +
           R"(","rtsp":"rtsp://127.0.0.1:1","rtmp":"rtmp://127.0.0.1:1",)"
           R"("srt":"srt://127.0.0.1:1"}}],"count":1})";
}

/// An installation in which everything is right: a server, and a MediaMTX that asks it.
class HealthyCase {
public:
    HealthyCase() {
        cli.environment["DATA_DIR"] = directory.path().string();
        cli.environment["DATABASE_URL"] = "memory:";
        cli.environment["API_PORT"] = port_of_origin(server.origin());
        cli.environment["MEDIAMTX_API_URL"] = media_mtx.url();
        // Addresses of a machine that others reach, and which is not asked.
        cli.environment["MEDIAMTX_PUBLIC_URL"] = media_mtx.url();
        cli.open_node = [](const DirectConnection& connection, const NodeStatus& status) {
            NodeStatus asked = status;
            asked.node.api_url = connection.settings.api_url;
            return open_node(connection, asked);
        };
        auto& found = configuration;
        found.auth_method = "http";
        found.auth_http_address = server.origin() + "/auth";
        found.log_level = "error";
        for (const char* name : {"api", "metrics", "pprof", "playback"}) {
            found.services.push_back({name, true, "127.0.0.1:9"});
        }
        for (const char* name : {"rtmp", "hls", "webrtc", "srt"}) {
            found.services.push_back({name, true, ":9"});
        }
        found.services.push_back({"rtsp", true, ":8554"});
        MediaPathSettings all_others;
        all_others.name = "all_others";
        found.paths = {all_others};
    }

    Ran examine(std::vector<std::string> more = {}) {
        media_mtx.model().set_configuration(configuration);
        more.insert(more.begin(), "doctor");
        return cli.run(more);
    }

    // The lines of one check, with what mends them.
    std::string about(const std::string& check, const Ran& ran) const {
        std::string text;
        bool is_of_check = false;
        for (const auto& line : lines_of(ran.out)) {
            if (!line.starts_with(' ')) is_of_check = line.substr(9).starts_with(check);
            if (is_of_check) text += line + "\n";
        }
        return text;
    }

    MediaPathSettings& all_others() { return configuration.paths.at(0); }
    MediaService& service(const std::string& name) {
        return *std::find_if(configuration.services.begin(), configuration.services.end(),
                             [&](const MediaService& each) { return each.name == name; });
    }

    TemporaryDirectory directory;
    HttpStub server{answer_as_server};
    MediaMtxStub media_mtx;
    TestCli cli{at_media_mtx(media_mtx.url())};
    MediaConfiguration configuration;
};

}  // namespace doctor_test
