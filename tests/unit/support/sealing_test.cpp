#include "support/sealing.hpp"

#include <doctest/doctest.h>

#include "rescuestream/api_credentials.hpp"

using namespace rescuestream;

TEST_CASE("a sealed secret is read with the same installation and purpose only") {
    const Secret installation("installation");
    const std::string sealed = seal(installation, "credential\na", "secret", system_random());
    CHECK(sealed.find("secret") == std::string::npos);
    CHECK(sealed != seal(installation, "credential\na", "secret", system_random()));
    REQUIRE(unseal(installation, "credential\na", sealed));
    CHECK(unseal(installation, "credential\na", sealed)->reveal() == "secret");
    CHECK_FALSE(unseal(installation, "credential\nb", sealed));
    CHECK_FALSE(unseal(Secret("other"), "credential\na", sealed));
    CHECK_FALSE(unseal(Secret(), "credential\na", sealed));
    CHECK(seal(Secret(), "credential\na", "secret", system_random()).empty());
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed = sealed;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        CHECK_FALSE(unseal(installation, "credential\na", changed));
    }
    for (const char* malformed : {"", "A", "*", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
        CHECK_FALSE(unseal(installation, "credential\na", malformed));
    }
}

TEST_CASE("a credential's text has a prefix, an id and a secret, and any other text is refused") {
    const std::string secret(43, 'S');
    const auto parts = split_credential("rsc_abcdefgh2347_" + secret);
    REQUIRE(parts);
    CHECK(parts->id.value == "abcdefgh2347");
    CHECK(parts->secret == secret);
    for (const std::string& wrong :
         {std::string(), std::string("rsc_"), "rsc_abcdefgh2347-" + secret,
          "rsc_abcdefgh2341_" + secret, "rsc_Abcdefgh2347_" + secret,
          "rsc_abcdefgh2347_" + secret + "S", "rsc_abcdefgh2347_" + secret.substr(1),
          "rsc_abcdefgh2347_" + secret.substr(1) + "=", " rsc_abcdefgh2347_" + secret,
          "sk_abcdefgh2347_" + secret}) {
        CAPTURE(wrong);
        CHECK_FALSE(split_credential(wrong));
    }
}
