#include "config_case.hpp"

namespace rescuestream::server::testing {
namespace {

TEST_CASE("addresses that cannot be what was meant are refused") {
    for (const auto& [name, value] : Variables{{"MEDIA_LISTEN", "unix:"},
                                               {"MEDIA_LISTEN ", "x"},
                                               {"TRUSTED_PROXIES", "10.0.0.1/8"},
                                               {"CORS_ORIGINS", "app.example.org"}}) {
        CAPTURE(name);
        const std::string setting = name.substr(0, name.find(' '));
        const auto line = read({}, {{setting, value}});
        REQUIRE_FALSE(line.has_value());
        CHECK(line.error().fields.at(0).pointer == setting);
    }
    CHECK(read({}, {{"MEDIA_LISTEN", "8090"}})->settings.media_listen.text() == "localhost:8090");
    CHECK(read({}, {{"MEDIA_LISTEN", "unix:/run/m"}})->settings.media_listen.text() ==
          "unix:/run/m");
}

TEST_CASE("without PUBLIC_URL the addresses of guest links have the port of the server") {
    const auto public_url = [](const Variables& variables) {
        return read({}, variables)->settings.orchestrator.public_url;
    };
    CHECK(public_url({}) == "http://localhost:8080");
    CHECK(public_url({{"API_PORT", "9090"}}) == "http://localhost:9090");
    CHECK(public_url({{"API_PORT", "10.0.0.1:9090"}}) == "http://localhost:9090");
    CHECK(public_url({{"API_PORT", "9090"}, {"PUBLIC_URL", "https://rescue.example.org"}}) ==
          "https://rescue.example.org");
    CHECK(public_url({{"API_PORT", "9090"}, {"PUBLIC_URL", "http://localhost:8080"}}) ==
          "http://localhost:8080");
}

TEST_CASE("a text that is not a host is refused in every setting that has a host") {
    for (const std::string host : {"\"><script>", "[zzz]", "a%00b", "127.1", "-x", "[::1", "a b"}) {
        CAPTURE(host);
        for (const auto& [name, value] : Variables{{"API_HOST", host},
                                                   {"MEDIA_LISTEN", host + ":8090"},
                                                   {"CORS_ORIGINS", "https://" + host},
                                                   {"MEDIAMTX_API_URL", "http://" + host + ":9997"},
                                                   {"MEDIAMTX_PUBLIC_URL", "http://" + host},
                                                   {"MEDIAMTX_HLS_URL", "https://" + host + ":1"},
                                                   {"MEDIAMTX_RTSP_URL", "rtsp://" + host},
                                                   {"MEDIAMTX_RTMP_URL", "rtmp://" + host},
                                                   {"MEDIAMTX_SRT_URL", "srt://" + host + ":1"},
                                                   {"MEDIAMTX_RELAY_URL", "rtsp://" + host}}) {
            CAPTURE(name);
            CHECK(wrong(read({}, {{name, value}})) == std::vector<std::string>{name});
        }
    }
    for (const std::string host : {"my_container", "10.0.0.2", "[2001:db8::7]", "v.example.org"}) {
        CAPTURE(host);
        CHECK(read({}, {{"MEDIAMTX_API_URL", "http://" + host + ":9997"},
                        {"MEDIAMTX_PUBLIC_URL", "https://" + host + "/video"},
                        {"MEDIAMTX_SRT_URL", "srt://" + host + ":8890"},
                        {"MEDIA_LISTEN", host + ":8090"},
                        {"CORS_ORIGINS", "https://" + host + ":8443,*"}}));
    }
    CHECK(read({}, {{"API_HOST", "fe80::1%eth0"}}));
}

TEST_CASE("an address to which no path of a stream can be added is refused") {
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"MEDIAMTX_RTMP_URL", "rtmp://h/live"},
             {"MEDIAMTX_RTMP_URL", "rtmp://0.0.0.0:1935"},
             {"MEDIAMTX_RTSP_URL", "rtsps://h:322/base/"},
             {"MEDIAMTX_RTSP_URL", "rtsp://[::]:8554"},
             {"MEDIAMTX_SRT_URL", "srt://h"},
             {"MEDIAMTX_SRT_URL", "srt://h:8890/live"},
             {"MEDIAMTX_SRT_URL", "srt://h:8890?streamid=publish:x"},
             {"MEDIAMTX_HLS_URL", "http://h:8888/live/index.m3u8"},
             {"MEDIAMTX_PUBLIC_URL", "https://h/live/whep/"},
             {"MEDIAMTX_PUBLIC_URL", "https://*.example.org"},
             {"MEDIAMTX_RELAY_URL", "rtsp://127.0.0.1:8554/live"}}) {
        CAPTURE(name);
        CAPTURE(value);
        CHECK(wrong(read({}, {{name, value}})) == std::vector<std::string>{name});
    }
    const auto line = read({}, {{"MEDIAMTX_PUBLIC_URL", "https://v.example.org/webrtc/"},
                                {"MEDIAMTX_HLS_URL", "https://v.example.org/hls"},
                                {"MEDIAMTX_RTMP_URL", "rtmps://v.example.org/"}});
    REQUIRE(line.has_value());
    const PublicAddresses& addresses = line->settings.orchestrator.addresses;
    CHECK(addresses.webrtc == "https://v.example.org/webrtc");
    CHECK(addresses.rtmp == "rtmps://v.example.org");
}

TEST_CASE("values as written for other programs are accepted, or refused with the setting's name") {
    const auto good = read({}, {{"API_HOST", "[::]"},
                                {"CORS_ORIGINS", "https://App.Example.org:443/, http://x:8080"},
                                {"DATABASE_URL", " postgresql://db/x\r"},
                                {"ON_DUPLICATE", "Reject-If-Healthy"},
                                {"METRICS_HOST", "[::1]"}});
    REQUIRE(good.has_value());
    CHECK(good->settings.api_host == "::");
    CHECK(good->settings.cors_origins ==
          std::vector<std::string>{"https://app.example.org", "http://x:8080"});
    CHECK(good->settings.database_url == "postgresql://db/x");
    CHECK(good->settings.metrics_host == "::1");
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"MEDIA_LISTEN", "unix:/" + std::string(108, 'x')},
             {"TRUSTED_PROXIES", "*"},
             {"CORS_ORIGINS", "https://*.example.org"},
             {"CORS_ORIGINS", "https://app.example.org/page"},
             {"MAX_CONNECTIONS", "8k"},
             {"API_KEY_NAMES", "*"},
             {"DATABASE_URL", "sqlite:"},
             {"DATABASE_URL", "sqlite3:/x"},
             {"DATABASE_URL", "memory"},
             {"DATA_DIR", "~/rescuestream"},
             {"TLS_KEY", "~/key.pem"},
             {"SERVER_NAME", "a\nb"},
             {"MEDIAMTX_API_URL", "http://*:9997"},
             {"MEDIAMTX_API_URL", "localhost:9997"},
             {"MEDIAMTX_API_URL", "http://localhost:9997/v3"},
             {"METRICS_HOST", "http://127.0.0.1"},
             {"METRICS_PORT", "8080"},
             {"TRACING_SAMPLERATE", "1%"}}) {
        CAPTURE(name);
        CAPTURE(value);
        const auto names = wrong(read({}, {{name, value}, {"TLS_CERTIFICATE", "/c.pem"}}));
        CHECK(std::find(names.begin(), names.end(), name) != names.end());
    }
}

}  // namespace
}  // namespace rescuestream::server::testing
