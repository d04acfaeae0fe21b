#include "rescuestream/secret.hpp"

#include <doctest/doctest.h>

#include <string>

#include "support/crypto.hpp"

using namespace rescuestream;

namespace {

const std::string kValue = "sk_" + std::string(43, 'A');

}  // namespace

TEST_CASE("a generated key value has the documented form and never repeats") {
    const Secret first = generate_key_value(system_random());
    const Secret second = generate_key_value(system_random());
    CHECK(looks_like_key_value(first.reveal()));
    CHECK(first.reveal().size() == 46);
    CHECK(first.reveal() != second.reveal());
}

TEST_CASE("only sk_ and 43 base64url characters look like a key value") {
    CHECK(looks_like_key_value(kValue));
    CHECK_FALSE(looks_like_key_value(kValue + "A"));
    CHECK_FALSE(looks_like_key_value(kValue.substr(0, 45)));
    CHECK_FALSE(looks_like_key_value("pk_" + std::string(43, 'A')));
    CHECK_FALSE(looks_like_key_value("sk_" + std::string(42, 'A') + "+"));
    CHECK_FALSE(looks_like_key_value(""));
}

TEST_CASE("the digest is SHA-256") {
    CHECK(to_hex(digest_key_value("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("key values are masked wherever they are in a text") {
    CHECK(redact_key_values("rtmp://h/" + kValue + "?x=1") == "rtmp://h/sk_***?x=1");
    CHECK(redact_key_values("a " + kValue + " b " + kValue) == "a sk_*** b sk_***");
    CHECK(redact_key_values("/stream-keys/sk%5F" + std::string(43, 'A')) == "/stream-keys/sk_***");
    CHECK(redact_key_values("pass%3Dsk%255F" + std::string(43, 'A')) == "pass%3Dsk_***");
    CHECK(redact_key_values("xsk_" + std::string(60, 'b') + "!") == "xsk_***!");
}

TEST_CASE("a key value is masked however often it, or its escapes, were escaped") {
    const std::string tail(43, 'A');
    const std::string begin(20, 'A');
    const std::string end(22, 'A');
    CHECK(redact_key_values("a sk_" + begin + "%252%64" + end + " b") == "a sk_*** b");
    CHECK(redact_key_values("a sk_" + begin + "%25%34%31" + end + " b") == "a sk_*** b");
    CHECK(redact_key_values("a sk%2%35%35%46" + tail + " b") == "a sk_*** b");
    CHECK(redact_key_values("a %25252525252525252525%37%33k_" + tail + "%41 b") == "a sk_*** b");
    CHECK(redact_key_values("%2520" + kValue + "%2520%") == "%2520sk_***%2520%");
    // An invalid escape ends the value, and stays.
    CHECK(redact_key_values("sk_" + begin + "%2x" + end) == "sk_" + begin + "%2x" + end);
    CHECK(redact_key_values("%2%4" + kValue + "%zz") == "%2%4sk_***%zz");
}

TEST_CASE("other text is not changed by masking") {
    CHECK(redact_key_values("live/disk_usage") == "live/disk_usage");
    CHECK(redact_key_values("sk_short") == "sk_short");
    CHECK(redact_key_values("100%") == "100%");
    CHECK(redact_key_values("a%2520b%25252%35c%") == "a%2520b%25252%35c%");
    CHECK(redact_key_values("") == "");
}

TEST_CASE("a secret is compared by its value and is empty after a move") {
    Secret secret(kValue);
    CHECK(secret.equals(kValue));
    CHECK_FALSE(secret.equals(kValue + "x"));
    CHECK_FALSE(secret.equals("sk_" + std::string(43, 'B')));
    const Secret moved = std::move(secret);
    CHECK(moved.equals(kValue));
    CHECK(secret.empty());  // NOLINT(bugprone-use-after-move): the behaviour under test
}
