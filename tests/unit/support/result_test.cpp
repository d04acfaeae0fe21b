#include "rescuestream/result.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace rescuestream;

namespace {

Result<std::vector<std::string>> two_words() {
    return std::vector<std::string>{"a word too long to be kept inside a string object", "second"};
}

}  // namespace

TEST_CASE("the value of a temporary result outlives it") {
    static_assert(std::is_same_v<decltype(two_words().value()), std::vector<std::string>>);
    std::string all;
    for (const std::string& word : two_words().value()) all += word + ";";
    CHECK(all == "a word too long to be kept inside a string object;second;");
}

TEST_CASE("a value that cannot be copied is moved out of a result") {
    Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
    const std::unique_ptr<int> taken = std::move(result).value();
    REQUIRE(taken);
    CHECK(*taken == 7);
}

TEST_CASE("asking a failed result for its value is a defect of the caller and says why") {
    const Error error{ErrorCode::kNotFound, "There is no such key.", "", {}};
    const Result<int> failed(error);
    CHECK_THROWS_WITH_AS(failed.value(), "There is no such key.", BadResultAccess);
    CHECK_THROWS_AS(Result<int>(error).value(), BadResultAccess);
    CHECK_THROWS_AS(Result<void>(error).value(), BadResultAccess);
    CHECK(failed.value_or(3) == 3);
}
