// From where a key may be used.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

std::string place_of(const CreatedStreamKey& key) {
    return "/stream-keys/" + key.key.id.to_string();
}

Reply ask_from(TestApplication& server, const CreatedStreamKey& key, const std::string& connection,
               const std::string& address) {
    return server.media(
        "/auth", fmt::format(R"({{"action":"publish","path":"{}","protocol":"rtmp","ip":"{}",)"
                             R"("password":"{}","id":"{}"}})",
                             key.key.playback_path, address, key.value.reveal(), connection));
}

std::string addresses_in(const Reply& reply) {
    std::string list;
    if (!reply.json.HasMember("allowed_addresses")) return list;
    for (const auto& item : reply.json["allowed_addresses"].GetArray()) {
        list += std::string(list.empty() ? "" : " ") + item.GetString();
    }
    return list;
}

}  // namespace

TEST_CASE("a key is refused from addresses that it does not allow, and says why") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const Reply changed = server.call("PATCH", place_of(key),
                                      R"({"allowed_addresses":["192.0.2.0/24","2001:DB8::/32"]})");
    REQUIRE(changed.status() == 200);
    CHECK(addresses_in(changed) == "192.0.2.0/24 2001:db8::/32");
    CHECK(addresses_in(server.call("GET", place_of(key))) == "192.0.2.0/24 2001:db8::/32");

    const Reply refused = ask_from(server, key, "c1", "198.51.100.1");
    CHECK(refused.status() == 401);
    CHECK(refused.text("type") == "/errors/address-not-allowed");
    CHECK(refused.response.auth_decision == "address_not_allowed");
    for (const char* address : {"", "2001:db9::1", "::ffff:198.51.100.1"}) {
        CAPTURE(address);
        CHECK(ask_from(server, key, "c2", address).status() == 401);
    }
    CHECK(ask_from(server, key, "c3", "::ffff:192.0.2.9").status() == 200);
    CHECK(ask_from(server, key, "c3", "192.0.2.9").status() == 200);

    const Reply reset = server.call("PATCH", place_of(key), R"({"reset":["allowed_addresses"]})");
    CHECK(reset.status() == 200);
    CHECK_FALSE(reset.json.HasMember("allowed_addresses"));
}

TEST_CASE("a key is made with allowed addresses, in their one written form") {
    TestApplication server;
    const Reply created = server.call(
        "POST", "/stream-keys",
        fmt::format(R"({{"broadcaster_id":"{}","allowed_addresses":["::ffff:192.0.2.0/120",)"
                    R"("198.51.100.4/32","2001:db8:0::/48"]}})",
                    server.test.broadcaster().id.to_string()));
    REQUIRE(created.status() == 201);
    CHECK(addresses_in(created) == "192.0.2.0/24 198.51.100.4 2001:db8::/48");
}

TEST_CASE("wrong allowed addresses are refused, each element by its pointer") {
    TestApplication server;
    const auto key = server.test.key("live/a");
    const std::string before = server.call("GET", place_of(key)).response.body;
    const auto wrong = [&](const std::string& value) {
        return server.call("PATCH", place_of(key),
                           fmt::format(R"({{"allowed_addresses":{}}})", value));
    };
    CHECK(wrong("[]").wrong_members() == "/allowed_addresses");
    CHECK(wrong(R"("192.0.2.0/24")").wrong_members() == "/allowed_addresses");
    CHECK(wrong("{}").wrong_members() == "/allowed_addresses");
    CHECK(wrong(R"(["192.0.2.0/24","192.0.2.1/24","x",1,null,[],"2001:db8::/129"])")
              .wrong_members() ==
          "/allowed_addresses/1 /allowed_addresses/2 /allowed_addresses/3 /allowed_addresses/4 "
          "/allowed_addresses/5 /allowed_addresses/6");
    CHECK(wrong(R"(["192.0.2.1/24"])").response.body.find("192.0.2.0/24 has that length") !=
          std::string::npos);
    std::string many;
    for (int i = 0; i < 32; ++i)
        many += (i == 0 ? "\"10.0.0." : ",\"10.0.0.") + fmt::format("{}\"", i);
    CHECK(wrong("[" + many + ",\"10.0.1.0\"]").wrong_members() == "/allowed_addresses");
    CHECK(server.call("GET", place_of(key)).response.body == before);
    CHECK(wrong("[" + many + "]").status() == 200);
}

}  // namespace rescuestream::server::testing
