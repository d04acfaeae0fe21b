// What of refused attempts is kept in memory until it is stored.
#include "orchestrator/refusal_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace refusal_table_test {

using namespace rescuestream;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const std::string kKey = "sk_" + std::string("AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE");
const StreamKeyId kKeyId(Uuid({1}));

RefusedAttempt attempt(const std::string& address, const std::string& path,
                       Timestamp when = Timestamp(seconds(1'000'000))) {
    RefusedAttempt result;
    result.remote_address = address;
    result.path = path;
    result.reason = "unknown_key";
    result.protocol = Protocol::kRtmp;
    result.first_at = result.last_at = when;
    return countable(std::move(result));
}

RefusedAttempt with_key(const std::string& path) {
    auto result = attempt("192.0.2.1", path);
    result.stream_key_id = kKeyId;
    return countable(std::move(result));
}

std::string address_number(std::size_t number) {
    return "10." + std::to_string(number / 65'536) + "." + std::to_string(number / 256 % 256) +
           "." + std::to_string(number % 256);
}

}  // namespace

TEST_CASE("no key value and nothing that is nearly one is kept of an attempt") {
    for (const std::string& secret : {kKey, kKey.substr(0, 45), kKey.substr(3), "live/" + kKey}) {
        CAPTURE(secret);
        RefusedAttempt given;
        given.remote_address = given.path = given.node = given.user_agent = secret;
        given.reason = "wrong_path";
        const auto kept = countable(given);
        for (const auto& text :
             {kept.remote_address, kept.network, kept.path, kept.node, kept.user_agent}) {
            CHECK(text.find("AbCdEfGh") == std::string::npos);
        }
    }
    // The beginning of a key value that would remain if the text were shortened first.
    RefusedAttempt given;
    given.path = std::string(230, 'x') + "/" + kKey;
    CHECK(countable(given).path.find("AbCd") == std::string::npos);
}

TEST_CASE("texts of any length and encoding are kept shortened, or left out") {
    RefusedAttempt given;
    given.remote_address = given.path = given.node = given.user_agent = std::string(5'000, ' ');
    const auto kept = countable(given);
    CHECK(kept.remote_address.size() == 64);
    CHECK(kept.path.size() == 255);
    CHECK(kept.user_agent.size() == 255);
    CHECK(kept.node.size() == 255);
    given.path = "\xff\xfe";
    CHECK(countable(given).path.empty());
}

TEST_CASE("attempts are one entry if network, action, protocol, path, reason and key agree") {
    const auto one = attempt("2001:db8:1:2::1", "live/a");
    CHECK(one.network == "2001:db8:1:2::/64");
    CHECK(attempt("2001:db8:1:2:ffff::9", "live/a").id == one.id);
    CHECK(attempt("2001:db8:1:3::1", "live/a").id != one.id);
    auto changed = one;
    const auto differs = [&] {
        const bool result = countable(changed).id != one.id;
        changed = one;
        return result;
    };
    CHECK_FALSE(differs());
    changed.user_agent = "x", changed.node = "north", changed.times = 7;
    CHECK_FALSE(differs());
    changed.path = "live/b";
    CHECK(differs());
    changed.protocol = Protocol::kSrt;
    CHECK(differs());
    changed.reason = "revoked";
    CHECK(differs());
    changed.action = RefusedAction::kRead;
    CHECK(differs());
    changed.stream_key_id = kKeyId;
    CHECK(differs());
    // A part of one text does not count as a part of the next one.
    auto a = one;
    auto b = one;
    a.path = "x", a.reason = "yz";
    b.path = "xy", b.reason = "z";
    CHECK(countable(a).id != countable(b).id);
}

TEST_CASE("an entry has the sum of its attempts, and the texts of the newest one") {
    RefusalTable table;
    auto first = attempt("2001:db8::1", "live/a", Timestamp(seconds(1'000'000)));
    first.user_agent = "old";
    auto second = attempt("2001:db8::2", "live/a", Timestamp(seconds(1'000'005)));
    second.user_agent = "new";
    table.add(first);
    table.add(second);
    CHECK(table.size() == 1);
    auto taken = table.take(10);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].times == 2);
    CHECK(taken[0].first_at == first.first_at);
    CHECK(taken[0].last_at == second.last_at);
    CHECK(taken[0].remote_address == "2001:db8::2");
    CHECK(taken[0].user_agent == "new");
    CHECK(table.size() == 0);

    // What could not be stored is added to what was refused meanwhile.
    auto third = attempt("2001:db8::3", "live/a", Timestamp(seconds(1'000'009)));
    table.add(third);
    table.put_back(taken);
    taken = table.take(10);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].times == 3);
    CHECK(taken[0].first_at == first.first_at);
    CHECK(taken[0].remote_address == "2001:db8::3");
}

TEST_CASE("attempts with a key are taken first, then those that wait the longest") {
    RefusalTable table;
    table.add(attempt("192.0.2.1", "live/1"));
    table.add(attempt("192.0.2.2", "live/2"));
    table.add(with_key("live/3"));
    table.add(attempt("192.0.2.1", "live/1"));
    std::vector<std::string> paths;
    for (const auto& each : table.take(2)) paths.push_back(each.path);
    for (const auto& each : table.take(5)) paths.push_back(each.path);
    CHECK(paths == std::vector<std::string>{"live/3", "live/2", "live/1"});
    CHECK(table.take(5).empty());
}

TEST_CASE("a flood from many addresses has a limit, and displaces no attempt with a key") {
    RefusalTable table;
    table.add(with_key("live/wrong"));
    constexpr std::size_t kFlood = 100'000;
    for (std::size_t i = 0; i < kFlood; ++i) table.add(attempt(address_number(i), "live/a"));
    CHECK(table.size() == RefusalTable::kPlaces + 1);
    const auto taken = table.take(2 * RefusalTable::kPlaces);
    REQUIRE(taken.size() == RefusalTable::kPlaces + 1);
    CHECK(taken.front().path == "live/wrong");
    CHECK(taken.back().remote_address == address_number(kFlood - 1));  // the newest are kept
}

TEST_CASE("the paths that one address invents share an entry, for ten minutes each") {
    RefusalTable table;
    const Timestamp begin{seconds(1'000'000)};
    constexpr std::size_t kInvented = 1'000;
    const auto invent = [&](Timestamp when) {
        for (std::size_t i = 0; i < kInvented; ++i) {
            table.add(attempt("192.0.2.1", "live/" + std::to_string(i), when));
        }
        table.add(attempt("192.0.2.2", "live/x", when));
        return table.take(10'000);
    };
    const auto taken = invent(begin);
    REQUIRE(taken.size() == RefusalTable::kEntriesOfNetwork + 2);
    const auto& others = taken[RefusalTable::kEntriesOfNetwork];
    CHECK(others.path == "*");
    CHECK(others.times == kInvented - RefusalTable::kEntriesOfNetwork);
    CHECK(others.id == countable(others).id);
    CHECK(taken.back().path == "live/x");
    // Known entries keep their paths, and after ten minutes there is room for new ones.
    CHECK(invent(begin + minutes(9)).size() == RefusalTable::kEntriesOfNetwork + 2);
    table.add(attempt("192.0.2.1", "live/new", begin + minutes(10)));
    CHECK(table.take(1).at(0).path == "live/new");
}

TEST_CASE("each of many viewers behind one router is told by the path") {
    RefusalTable table;
    constexpr std::size_t kViewers = 100;
    for (std::size_t i = 0; i < kViewers; ++i) {
        table.add(attempt("192.0.2.1", "live/" + std::to_string(i)));
    }
    const auto taken = table.take(2 * kViewers);
    REQUIRE(taken.size() == kViewers);
    CHECK(taken.back().path == "live/99");
}

TEST_CASE("one key that is used at many paths does not displace the refusals of other keys") {
    RefusalTable table;
    auto of_another = attempt("192.0.2.2", "live/wrong");
    of_another.stream_key_id = StreamKeyId(Uuid({2}));
    of_another = countable(std::move(of_another));
    table.add(of_another);
    constexpr std::size_t kPaths = 2 * RefusalTable::kPlaces;
    for (std::size_t i = 0; i < kPaths; ++i) table.add(with_key("live/" + std::to_string(i)));
    const auto taken = table.take(kPaths);
    REQUIRE(taken.size() == RefusalTable::kEntriesOfKey + 2);
    CHECK(taken.front().id == of_another.id);
    const auto others = std::find_if(taken.begin(), taken.end(), [](const auto& entry) {
        return entry.path == RefusalTable::kOtherPaths;
    });
    REQUIRE(others != taken.end());
    CHECK(others->times == kPaths - RefusalTable::kEntriesOfKey);
    CHECK(others->stream_key_id == kKeyId);
}

}  // namespace refusal_table_test
