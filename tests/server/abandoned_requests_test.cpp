// Callers that disconnect before their turn: a delayed server must not undo what they have done
// since.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "http/connection.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

class AbandonedBody final : public BodySource {
public:
    explicit AbandonedBody(std::string body) : body_(std::move(body)) {}
    bool present() const noexcept override { return !body_.empty(); }
    BodyOutcome read(std::size_t /*limit*/, std::string& out) override {
        out = body_;
        return BodyOutcome::kComplete;
    }
    bool sender_has_gone() const override { return true; }

private:
    std::string body_;
};

HttpResponse send_and_hang_up(TestApplication& server, const std::string& method,
                              const std::string& target, const std::string& body) {
    HttpRequest request = TestApplication::make_request(method, target, body);
    request.body.clear();
    request.headers.emplace_back("x-api-key", kSecret);
    AbandonedBody source(body);
    return server.application.handle(std::move(request), source);
}

TEST_CASE("a change is not carried out for a caller that has disconnected") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string target = "/stream-keys/" + key.key.id.to_string();
    CHECK(send_and_hang_up(server, "POST", target + "/rotate", "{}").status == 408);
    CHECK(send_and_hang_up(server, "PATCH", target, R"({"label":"x"})").status == 408);
    CHECK(send_and_hang_up(server, "DELETE", target, "").status == 408);
    CHECK(server.test.ask(key, "c1").accepted());
    CHECK(server.test->find_stream_key(key.key.id).value().label.empty());
}

TEST_CASE("a hook is carried out even if its caller does not wait for the answer") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    REQUIRE(server.test.ask(key, "c1").accepted());
    server.test.media->publish(ConnectionKind::kRtmp, {"c1"}, "live/a");
    const std::string report = R"({"path":"live/a","source_type":"rtmpConn","source_id":"c1"})";
    CHECK(send_and_hang_up(server, "POST", "/webhook/ready", report).status == 204);
    CHECK(server.test.live().size() == 1);
    CHECK(send_and_hang_up(server, "GET", "/streams", "").status == 200);
}

TEST_CASE("a connection knows whether its peer is still connected") {
    std::array<int, 2> sockets{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) == 0);
    const Connection connection({1, "192.0.2.1", false}, make_plain_transport(sockets[0]), 1'024);
    CHECK_FALSE(connection.sender_has_gone());
    REQUIRE(::write(sockets[1], "GET", 3) == 3);
    CHECK_FALSE(connection.sender_has_gone());
    std::array<char, 3> taken{};
    REQUIRE(::read(sockets[0], taken.data(), 3) == 3);
    ::close(sockets[1]);
    CHECK(connection.sender_has_gone());
}

}  // namespace
}  // namespace rescuestream::server::testing
