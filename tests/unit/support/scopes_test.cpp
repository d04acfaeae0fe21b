#include "rescuestream/scopes.hpp"

#include <doctest/doctest.h>

#include "fields/field.hpp"

using namespace rescuestream;

TEST_CASE("every scope has a name of its own that is read back, and says what it permits") {
    const auto words = enum_words<Scope>();
    CHECK(words.size() == static_cast<std::size_t>(Scope::kAdmin) + 1);
    for (std::size_t index = 0; index < words.size(); ++index) {
        CAPTURE(words[index]);
        CHECK(parse_enum<Scope>(words[index]) == static_cast<Scope>(index));
        CHECK_FALSE(explain(static_cast<Scope>(index)).empty());
    }
    for (const char* wrong : {"", "streams", "streams:", "Streams:read", "streams:read ", "*"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_enum<Scope>(wrong));
    }
}

TEST_CASE("a set of scopes permits what it names, and admin permits everything") {
    const Scopes none;
    const Scopes reader{Scope::kStreamsRead, Scope::kKeysRead};
    const Scopes admin{Scope::kAdmin};
    CHECK(none.empty());
    CHECK(reader.permit(Scope::kKeysRead));
    CHECK_FALSE(reader.permit(Scope::kKeysWrite));
    CHECK_FALSE(reader.permit(Scope::kAdmin));
    CHECK(admin.permit(Scope::kKeysWrite));
    CHECK_FALSE(admin.names(Scope::kKeysWrite));

    CHECK(admin.permit_all(reader));
    CHECK(reader.permit_all(none));
    CHECK(reader.permit_all({Scope::kKeysRead}));
    CHECK_FALSE(reader.permit_all({Scope::kKeysRead, Scope::kNodesRead}));
    CHECK_FALSE(reader.permit_all(admin));
}
