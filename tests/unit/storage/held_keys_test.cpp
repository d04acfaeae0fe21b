#include "storage/sql/held_keys.hpp"

#include <doctest/doctest.h>

using namespace rescuestream;

namespace {

StreamKeyId key_id(std::uint8_t number) {
    Uuid::Bytes bytes{};
    bytes.back() = number;
    return StreamKeyId(Uuid(bytes));
}

KeyDigest digest_of(std::uint8_t number) {
    KeyDigest digest{};
    digest.fill(number);
    return digest;
}

}  // namespace

TEST_CASE("a key is held from its claim until the end of the claim") {
    sql::HeldKeys held;
    CHECK_FALSE(held.is_held(digest_of(1)));
    held.note(key_id(1), digest_of(1));
    held.note(key_id(2), digest_of(2));
    CHECK(held.is_held(digest_of(1)));
    held.forget(key_id(1));
    held.forget(key_id(3));
    CHECK_FALSE(held.is_held(digest_of(1)));
    CHECK(held.is_held(digest_of(2)));
}

TEST_CASE("the end of a claim is known after the key got a new value") {
    sql::HeldKeys held;
    held.note(key_id(1), digest_of(1));
    held.note(key_id(1), digest_of(2));
    CHECK_FALSE(held.is_held(digest_of(1)));
    CHECK(held.is_held(digest_of(2)));
    held.forget(key_id(1));
    CHECK_FALSE(held.is_held(digest_of(2)));
}
