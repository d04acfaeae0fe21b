// The MediaMTX client on bad connections: every call ends in time.
#include <atomic>
#include <functional>
#include <thread>

#include "conformance/media_server/client_case.hpp"
#include "support/raw_server.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

milliseconds time_of(const std::function<void()>& call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

std::string http_answer(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kInfo = R"({"version":"v1.20.1","started":"2026-11-22T21:13:02.1Z"})";

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE_FIXTURE(ClientCase,
                  "a call whose response body arrives too slowly fails at the deadline") {
    stub().set_fault(MtxFault::kDrip);
    std::optional<ErrorCode> code;
    const auto took = time_of([&] { code = code_of(client().list_paths()); });
    CHECK(code == ErrorCode::kTimeout);
    CHECK(took >= kTimeout);
    CHECK(took < kTimeout + kSlack);
    stub().set_fault(MtxFault::kNone);
    CHECK(code_of(client().list_paths()) == std::nullopt);
}

TEST_CASE("a call whose response headers arrive too slowly fails at the deadline") {
    RawServer server([](RawConnection& connection) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\n");
        while (connection.write("X: y\r\n")) {
            std::this_thread::sleep_for(milliseconds(20));
        }
    });
    const auto client = ClientCase::client_of(server.url());
    std::optional<ErrorCode> code;
    const auto took = time_of([&] { code = code_of(client->info()); });
    CHECK(code == ErrorCode::kTimeout);
    CHECK(took < ClientCase::kTimeout + ClientCase::kSlack);
}

TEST_CASE_FIXTURE(ClientCase, "a body that ends in the middle is an error") {
    model().publish(ConnectionKind::kRtsp, id(1), "live/a");
    stub().set_fault(MtxFault::kHalfPage);
    CHECK(code_of(client().list_paths()) == ErrorCode::kUnavailable);
    stub().set_fault(MtxFault::kNone);
    CHECK(client().list_paths().value().size() == 1);
}

TEST_CASE_FIXTURE(ClientCase, "reading of a body stops as soon as it exceeds the limit") {
    MediaMtxOptions options;
    options.max_response_bytes = 1'000'000;
    open(options);
    stub().set_fault(MtxFault::kHugeBody);
    const auto listed = client().list_paths();
    CHECK(code_of(listed) == ErrorCode::kUnavailable);
    CHECK(listed.error().message.find("too large") != std::string::npos);
    stub().set_fault(MtxFault::kNone);
    CHECK(code_of(client().list_paths()) == std::nullopt);
}

TEST_CASE_FIXTURE(ClientCase, "a call that hangs does not delay other calls") {
    const auto released = std::make_shared<std::atomic<bool>>(false);
    stub().while_answering([released](const std::string& request) {
        if (request == "GET /v3/paths/list") eventually([&] { return released->load(); });
    });
    std::thread slow([&] { CHECK(code_of(client().list_paths()) == ErrorCode::kTimeout); });
    REQUIRE(eventually([&] { return !stub().requests().empty(); }));
    CHECK(code_of(client().info()) == std::nullopt);
    CHECK(code_of(client().list_connections(ConnectionKind::kSrt)) == std::nullopt);
    slow.join();
    *released = true;
}

TEST_CASE_FIXTURE(ClientCase, "a connection is used for several calls") {
    for (int round = 0; round < 20; ++round) client().list_paths().value();
    CHECK(stub().connections() == 1);
}

TEST_CASE("a connection that the server closed meanwhile is replaced") {
    RawServer server([](RawConnection& connection) {
        connection.read_request();
        connection.write(http_answer(kInfo));
        connection.read_request();  // then closes without an answer to the second request
    });
    const auto client = ClientCase::client_of(server.url());
    for (int round = 0; round < 3; ++round) CHECK(code_of(client->info()) == std::nullopt);
    CHECK(server.connections() == 3);
}

TEST_CASE("a command is never sent twice") {
    std::atomic<int> commands{0};
    RawServer server([&commands](RawConnection& connection) {
        for (int i = 0; i < 2; ++i) {
            const auto request = connection.read_request();
            if (request.starts_with("POST")) {
                ++commands;
                return;
            }
            connection.write(http_answer(kInfo));
        }
    });
    const auto client = ClientCase::client_of(server.url());
    client->info().value();
    CHECK(code_of(client->kick(ConnectionKind::kSrt, ClientCase::id(1))) ==
          ErrorCode::kUnavailable);
    CHECK(commands == 1);
}

TEST_CASE("an answer that is not HTTP is an error") {
    std::string bytes;
    SUBCASE("a greeting") {
        bytes = "SSH-2.0-OpenSSH_9.2\r\n";
    }
    SUBCASE("no byte at all") {}
    SUBCASE("a line without an end") {
        bytes = "HTTP/1.1 200 " + std::string(100'000, 'x');
    }
    SUBCASE("a status line of 100 kB") {
        bytes = "HTTP/1.1 200 " + std::string(100'000, 'x') + "\r\n\r\n{}";
    }
    SUBCASE("a status line of 400 kB after an interim response") {
        bytes =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 " + std::string(400'000, 'x') + "\r\n\r\n{}";
    }
    SUBCASE("a header of 100 kB") {
        bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n{}";
    }
    SUBCASE("10,000 headers") {
        bytes = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 10'000; ++i) bytes += "X: y and more\r\n";
        bytes += "\r\n{}";
    }
    SUBCASE("an invalid content length") {
        bytes = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n";
    }
    SUBCASE("an invalid chunk") {
        bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n";
    }
    RawServer server([&bytes](RawConnection& connection) {
        connection.read_request();
        connection.write(bytes);
    });
    const auto client = ClientCase::client_of(server.url());
    CHECK(code_of(client->info()) == ErrorCode::kUnavailable);
    CHECK(code_of(client->list_paths()) == ErrorCode::kUnavailable);
}

TEST_CASE_FIXTURE(ClientCase, "requests for RTSP sessions are made one at a time") {
    stub().while_answering([this](const std::string&) {
        eventually([this] { return stub().most_at_once("/v3/rtsp") > 1; }, milliseconds(5));
    });
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 4; ++caller) {
        callers.emplace_back([&] {
            CHECK(code_of(client().list_connections(ConnectionKind::kRtsp)) == std::nullopt);
            CHECK(code_of(client().list_connections(ConnectionKind::kRtsps)) == std::nullopt);
            CHECK(code_of(client().kick(ConnectionKind::kRtsp, id(1))) == ErrorCode::kNotFound);
            CHECK(code_of(client().list_connections(ConnectionKind::kSrt)) == std::nullopt);
        });
    }
    for (auto& caller : callers) caller.join();
    CHECK(stub().most_at_once("/v3/rtsp") == 1);
}

TEST_CASE_FIXTURE(ClientCase,
                  "requests for RTSP sessions are made one at a time, also after a time-out") {
    const auto released = std::make_shared<std::atomic<bool>>(false);
    stub().while_answering([released](const std::string& request) {
        if (request.find("rtspsessions/list") != std::string::npos) {
            eventually([&] { return released->load(); });
        }
    });
    CHECK(code_of(client().list_connections(ConnectionKind::kRtsp)) == ErrorCode::kTimeout);
    *released = true;
    CHECK(code_of(client().list_connections(ConnectionKind::kRtsp)) == std::nullopt);
}

TEST_CASE_FIXTURE(ClientCase, "the lists that can freeze MediaMTX are never requested") {
    client().info().value();
    client().list_paths().value();
    for (const auto kind : kAllKinds) client().list_connections(kind).value();
    client().list_path_configs().value();
    for (const auto& request : stub().requests()) {
        CAPTURE(request);
        CHECK(request.find("hls") == std::string::npos);
        CHECK(request.find("metrics") == std::string::npos);
        CHECK(request.find("/global/") == std::string::npos);
    }
    CHECK(stub().requests().size() == 9);
}

TEST_SUITE_END();
