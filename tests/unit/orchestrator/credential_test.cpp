#include "orchestrator/credential.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

const std::string kKeyA = "sk_" + std::string(43, 'A');
const std::string kKeyB = "sk_" + std::string(43, 'B');

PublishRequest at(const std::string& path) {
    PublishRequest request;
    request.path = path;
    return request;
}

}  // namespace

TEST_CASE("a key value is found in every place where an encoder can put it") {
    PublishRequest request = at("live/a");
    SUBCASE("password") {
        request.password = Secret(kKeyA);
    }
    SUBCASE("token") {
        request.token = Secret(kKeyA);
    }
    SUBCASE("pass in the query") {
        request.query = Secret("x=1&pass=" + kKeyA);
    }
    SUBCASE("token in the query") {
        request.query = Secret("token=" + kKeyA + "&y=%zz");
    }
    SUBCASE("key in the query") {
        request.query = Secret("key=" + kKeyA);
    }
    SUBCASE("jwt in the query") {
        request.query = Secret("jwt=sk%5F" + std::string(43, 'A'));
    }
    SUBCASE("a header value that was pasted as the token") {
        request.token = Secret("Bearer " + kKeyA);
    }
    SUBCASE("a password with blanks around it") {
        request.password = Secret(" \t" + kKeyA + "\r\n");
    }
    SUBCASE("a header value in the query") {
        request.query = Secret("pass=Bearer%20%20" + kKeyA + "+");
    }
    const auto found = find_credential(request);
    REQUIRE(found);
    CHECK(found->value.equals(kKeyA));
    CHECK_FALSE(found->is_path);
}

TEST_CASE("a path that is a key value is a credential") {
    const auto found = find_credential(at(kKeyA));
    REQUIRE(found);
    CHECK(found->is_path);
    PublishRequest doubled = at(kKeyA);
    doubled.password = Secret(kKeyA);
    REQUIRE(find_credential(doubled));
    CHECK(find_credential(doubled)->is_path);
}

TEST_CASE("a path whose last segment is a key value is a credential like the key value alone") {
    for (const std::string& path : {"live/" + kKeyA, "a/b/" + kKeyA, kKeyB + "/" + kKeyA}) {
        CAPTURE(path);
        const auto found = find_credential(at(path));
        REQUIRE(found);
        CHECK(found->value.equals(kKeyA));
        CHECK(found->is_path);
    }
    for (const std::string& path : {kKeyA + "/live", kKeyA + "/", "live/x" + kKeyA,
                                    "live/" + kKeyA + "x", "live/sk_" + std::string(42, 'A')}) {
        CAPTURE(path);
        CHECK_FALSE(find_credential(at(path)));
    }
    PublishRequest other = at("live/" + kKeyA);
    other.password = Secret(kKeyB);
    CHECK(find_credential(other)->value.equals(kKeyB));
    CHECK_FALSE(find_credential(other)->is_path);
}

TEST_CASE("the password precedes the token, the token the query, and the query the path") {
    PublishRequest request = at(kKeyA);
    request.query = Secret("pass=" + kKeyB);
    CHECK(find_credential(request)->value.equals(kKeyB));
    CHECK_FALSE(find_credential(request)->is_path);
    request.token = Secret(kKeyA);
    CHECK(find_credential(request)->value.equals(kKeyA));
    request.password = Secret(kKeyB);
    CHECK(find_credential(request)->value.equals(kKeyB));
}

TEST_CASE("a user name and password of a device do not hide the key in its path") {
    PublishRequest request = at(kKeyA);
    request.user = "admin";
    request.password = Secret("admin");
    REQUIRE(find_credential(request));
    CHECK(find_credential(request)->is_path);
}

TEST_CASE("only blanks and the word Bearer may stand around a key value") {
    for (const std::string& text :
         {"Basic " + kKeyA, std::string("Bearer"), "Bearer " + kKeyA + " x", "x " + kKeyA,
          std::string(" "), "Bearer" + kKeyA, kKeyA + std::string(1, '\0')}) {
        CAPTURE(text);
        PublishRequest request = at("live/a");
        request.token = Secret(text);
        CHECK_FALSE(find_credential(request));
    }
    CHECK_FALSE(find_credential(at(" " + kKeyA)));
}

TEST_CASE("a request without anything that looks like a key value has no credential") {
    CHECK_FALSE(find_credential(at("live/a")));
    CHECK_FALSE(has_credential(at("live/a")));
    PublishRequest request = at("live/a");
    request.query = Secret("pass=guess");
    CHECK_FALSE(find_credential(request));
    CHECK(has_credential(request));
}

TEST_CASE("a key value where none is read is told apart from a wrong one") {
    PublishRequest request = at("live/a");
    CHECK_FALSE(has_misplaced_key(request));
    SUBCASE("in the query under another name") {
        request.query = Secret("x=1&streamkey=" + kKeyA);
    }
    SUBCASE("in the query, with its prefix encoded") {
        request.query = Secret("streamkey=sk%5F" + std::string(43, 'A'));
    }
    SUBCASE("as the user name of an RTSP address") {
        request.user = kKeyA;
        request.password = Secret("x");
    }
    CHECK_FALSE(find_credential(request));
    CHECK(has_misplaced_key(request));
}

TEST_CASE("a wrong credential is no misplaced key") {
    PublishRequest request = at("live/a");
    request.user = "camera";
    request.password = Secret("guess");
    request.query = Secret("streamkey=guess&sk_=1");
    CHECK_FALSE(has_misplaced_key(request));
}
