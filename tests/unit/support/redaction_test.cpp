#include "support/redaction.hpp"

#include <doctest/doctest.h>

#include <string>

#include "rescuestream/secret.hpp"

using namespace rescuestream;

namespace {

const std::string kTail = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
const std::string kKey = "sk_" + kTail;

std::string upper(std::string text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

// No eight consecutive characters of the key are left.
bool shows_part_of_key(const std::string& text, const std::string& tail = kTail) {
    for (std::size_t at = 0; at + 8 <= tail.size(); ++at) {
        if (text.find(tail.substr(at, 8)) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a text that is nearly a key value is masked like one") {
    REQUIRE(kKey.size() == 46);
    for (const std::string& near :
         {kKey.substr(0, 45), kKey.substr(0, 40), kKey + "x", upper(kKey), "Sk_" + kTail,
          kKey.substr(0, 20) + "/" + kKey.substr(20), kKey.substr(0, 45) + "/" + kKey.substr(45),
          "sk_" + kTail.substr(0, 30) + "+" + kTail.substr(31),
          "sk_" + kTail.substr(0, 30) + "." + kTail.substr(31), kTail, kTail.substr(0, 42),
          upper(kTail), kTail.substr(1)}) {
        for (const std::string& text :
             {near, "live/" + near, "/live/" + near + "/whep", "rtmp://h/" + near + "?x=1",
              "path=" + near + " is not known", "\"" + near + "\"", near + "\n", "\n" + near}) {
            CAPTURE(text);
            const std::string shown = redact_key_values(text);
            CHECK(shown.find("***") != std::string::npos);
            CHECK_FALSE(shows_part_of_key(shown));
            CHECK_FALSE(shows_part_of_key(shown, upper(kTail)));
            CHECK(redact_key_values(shown) == shown);
        }
    }
}

TEST_CASE("a text that is nearly a key value is masked in percent-encoding too") {
    CHECK(redact_key_values("/live/sk%5F" + kTail.substr(0, 42)) == "/live/sk_***");
    CHECK(redact_key_values("/" + kKey.substr(0, 20) + "%2F" + kKey.substr(20)) == "/sk_***");
    CHECK(redact_key_values("/live/%53%4B_" + upper(kTail)) == "/live/sk_***");
}

TEST_CASE("a key value that was copied with a blank or an unseen character inside is masked") {
    for (const std::string unseen : {" ", "  ", "\t", "\u00A0", "\u200B", "\uFEFF", "\u2060"}) {
        for (const std::size_t at : {3U, 4U, 20U, 33U, 40U, 45U}) {
            const std::string split = kKey.substr(0, at) + unseen + kKey.substr(at);
            CAPTURE(split);
            const std::string shown = redact_key_values("live/" + split + " is not known");
            CHECK(shown == "live/sk_*** is not known");
            CHECK(redact_key_values(kKey.substr(0, 12) + unseen + kKey.substr(12, 14) + unseen +
                                    kKey.substr(26)) == "sk_***");
        }
    }
    CHECK(redact_key_values("live/" + kKey.substr(0, 20) + "%20" + kKey.substr(20)) ==
          "live/sk_***");
}

TEST_CASE("the text around a masked value stays readable") {
    CHECK(redact_key_values("sk_test is the key of the northern team") ==
          "sk_test is the key of the northern team");
    CHECK(redact_key_values(kKey.substr(0, 45) + " is not known") == "sk_*** is not known");
    CHECK(redact_key_values("no key " + kKey.substr(0, 45) + ", path live/a") ==
          "no key sk_***, path live/a");
    CHECK(redact_key_values("live/" + kTail + "/index.m3u8") == "live/***/index.m3u8");
    CHECK(redact_key_values("See " + kKey.substr(0, 44) + ".") == "See sk_***.");
}

TEST_CASE("names, ids and digests are not masked") {
    for (const char* text :
         {"live/search-and-rescue-team-north-of-the-mountain_2026",
          "Search and rescue, team north, second helicopter of the morning",
          "live/SEARCH-AND-RESCUE-TEAM-NORTH-OF-THE-MOUNTAIN-07",
          "/stream-keys/018f4d2e-0000-7000-8000-000000000001/revoke",
          "018f4d2e-0000-7000-8000-000000000001-018f4d2e-0000-7000-8000-000000000001",
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "live/abcdefghij23",
          "live/disk_usage", "sk_short", "/mnt/disk_1/var/lib/rescuestream/recordings/live/drone",
          "http://a.example.org:8889/live/drone1/whep"}) {
        CAPTURE(text);
        CHECK(redact_key_values(text) == text);
    }
}

TEST_CASE("a short playback token is masked, also when it is incomplete or in upper case") {
    const std::string tail = "AbCdEfGhIjKlMnOpQrStUv-_";
    const std::string token = "rsp_" + tail;
    for (const std::string& near : {token, token.substr(0, 22), token + "x", upper(token)}) {
        for (const std::string& text :
             {near, "live/" + near, "/watch?jwt=" + near, "rtsp://v:" + near + "@h/p"}) {
            CAPTURE(text);
            const auto masked = redact_key_values(text);
            CHECK(masked.find("rsp_***") != std::string::npos);
            CHECK_FALSE(shows_part_of_key(masked, tail));
            CHECK_FALSE(shows_part_of_key(masked, upper(tail)));
        }
    }
    CHECK(redact_key_values("rsp_viewer_list") == "rsp_viewer_list");
    CHECK_FALSE(holds_key_value(token));
}

TEST_CASE("only a complete key value must not be stored") {
    for (const std::string& text :
         {kKey, "a " + kKey + " b", "x" + kKey + "y", "sk%5F" + kTail, "%2573k_" + kTail}) {
        CAPTURE(text);
        CHECK(holds_key_value(text));
    }
    for (const std::string& text :
         {kKey.substr(0, 45), upper(kKey), kTail, std::string("sk_"), std::string("100%"),
          std::string("live/search-and-rescue-team-north-of-the-mountain")}) {
        CAPTURE(text);
        CHECK_FALSE(holds_key_value(text));
    }
}

TEST_CASE("every kind of secret that this program makes is recognised in a text") {
    const std::string credential = "rsc_abcdefgh2345_" + kTail;
    const std::string of_node = "rsm_west.1." + kTail;
    const std::string token = "rsp_AbCdEfGhIjKlMnOpQrStUv-_";
    for (const std::string& secret : {kKey, credential, of_node, token}) {
        for (const std::string& text : {secret, "a " + secret + " b", "x%2F" + secret}) {
            CAPTURE(text);
            CHECK(holds_secret(text));
            CHECK(holds_key_value(text) == (secret == kKey));
        }
    }
    for (const std::string& text :
         {std::string("rsc_abcdefgh2345"), credential.substr(0, 40), std::string("rsp_viewer_list"),
          std::string("rsm_west"), std::string("rsm_"), kTail}) {
        CAPTURE(text);
        CHECK_FALSE(holds_secret(text));
    }
}
