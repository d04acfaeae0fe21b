// The tables of broadcasters, nodes and addresses, and what their visitors do.

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "fields/addresses.hpp"
#include "fields/broadcaster.hpp"
#include "fields/broadcaster_json.hpp"
#include "fields/check.hpp"
#include "fields/node.hpp"
#include "fields/node_json.hpp"

using namespace rescuestream;
using Pointers = std::vector<std::string>;

namespace {

Pointers pointers_of(const std::optional<Error>& error) {
    Pointers pointers;
    if (!error) return pointers;
    for (const auto& field : error->fields) pointers.push_back(field.pointer);
    return pointers;
}

template <class Input>
Pointers wrong_members(const Input& input) {
    Validation validation;
    fields::for_each_field(input, fields::Check(validation, {}));
    return validation.failed() ? pointers_of(std::move(validation).error()) : Pointers{};
}

template <class Input>
std::multiset<std::string_view> options_of() {
    std::multiset<std::string_view> options;
    const Input input{};
    fields::for_each_field(input, [&](const Field& field, const auto&) {
        if (!field.option.empty()) options.insert(field.option);
        CHECK_FALSE(field.title.empty());
    });
    return options;
}

}  // namespace

TEST_CASE("the options of a node and of its addresses all differ") {
    auto options = options_of<NewNode>();
    options.merge(options_of<PublicAddresses>());
    CHECK(options.size() == 9);
    for (const auto option : options) CHECK(options.count(option) == 1);
    CHECK(options_of<NewBroadcaster>() == std::multiset<std::string_view>{"--metadata", "--name"});
}

TEST_CASE("all wrong members of a new node are found, with pointers into its addresses") {
    NewNode node;
    node.name = "North";
    node.label = "two\nlines";
    node.api_url = "10.0.0.2:9997";
    node.api_user = std::string(256, 'u');
    node.api_password = Secret(std::string(256, 'p'));
    node.addresses.rtmp = "http://localhost";
    CHECK(wrong_members(node) ==
          Pointers{"/name", "/label", "/api_url", "/api_user", "/api_password", "/addresses/rtmp"});
}

TEST_CASE("only the members that a change gives are checked") {
    NodePatch patch;
    patch.draining = true;
    CHECK(wrong_members(patch).empty());
    patch.addresses.srt = "srt://host";
    CHECK(wrong_members(patch) == Pointers{"/addresses/srt"});
    BroadcasterPatch nothing;
    CHECK(wrong_members(nothing).empty());
    nothing.display_name = " ";
    CHECK(wrong_members(nothing) == Pointers{"/display_name"});
}

TEST_CASE("a change of a node sets the members that it gives and keeps the rest") {
    Node before;
    before.name = "north";
    before.label = "North";
    before.api_url = "http://10.0.0.2:9997";
    before.api_user = "control";
    before.api_password = Secret("secret");
    Node after = before;
    fields::apply(NodePatch{}, after);
    CHECK(after.label == "North");
    CHECK(after.api_password.reveal() == "secret");

    NodePatch patch;
    patch.label = "";
    patch.api_user = "other";
    patch.draining = true;
    patch.addresses.hls = "https://cdn.example";
    fields::apply(patch, after);
    CHECK(after.name == "north");
    CHECK(after.label.empty());
    CHECK(after.api_url == before.api_url);
    CHECK(after.api_user == "other");
    CHECK(after.draining);
    CHECK(after.addresses.hls == "https://cdn.example");
    CHECK(after.addresses.webrtc == before.addresses.webrtc);
}

TEST_CASE("a WebRTC address determines the addresses that are not given") {
    AddressPatch patch;
    patch.webrtc = "https://north.example:8889/";
    patch.srt = "srt://other.example:9000";
    const auto after = fields::changed_addresses({}, patch);
    CHECK(after.webrtc == "https://north.example:8889");
    CHECK(after.rtsp == "rtsp://north.example:8554");
    CHECK(after.srt == "srt://other.example:9000");

    AddressPatch wrong;
    wrong.webrtc = "north.example";
    const auto kept = fields::changed_addresses(after, wrong);
    CHECK(kept.webrtc == "north.example");
    CHECK(kept.rtsp == after.rtsp);
}

TEST_CASE("the body of a request is read as it was written, with its secret") {
    NewNode node;
    node.name = "north";
    node.api_url = "http://10.0.0.2:9997";
    node.api_password = Secret("secret");
    node.addresses.rtsp = "rtsp://north.example:8554";
    const std::string body = fields::to_body(node);
    json::BodyReader reader(body);
    const NewNode read = fields::read_new_node(reader);
    CHECK_FALSE(reader.error());
    CHECK(read.name == node.name);
    CHECK(read.api_url == node.api_url);
    CHECK(read.api_password.reveal() == "secret");
    CHECK(read.addresses == node.addresses);

    BroadcasterPatch patch;
    patch.metadata = JsonObject::parse(R"({"unit":"alpha"})");
    CHECK(fields::to_body(patch) == R"({"metadata":{"unit":"alpha"}})");
    CHECK(fields::to_body(NodePatch{}) == "{}");
}

TEST_CASE("a body is refused with all of its wrong members at once") {
    const std::string body =
        R"({"label":7,"api_user":"sk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE",)"
        R"("addresses":{"srt":"srt://h","moq":"x"},"colour":"red"})";
    json::BodyReader reader(body);
    (void)fields::read_new_node(reader);
    CHECK(pointers_of(reader.error()) == Pointers{"/name", "/label", "/api_url", "/api_user",
                                                  "/addresses/srt", "/addresses/moq", "/colour"});
}
