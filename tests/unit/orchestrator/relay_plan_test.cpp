// What is to be done about a media server's entries of relays: plans, without a media server.
#include <doctest/doctest.h>

#include "orchestrator/relays.hpp"

namespace relay_plan_test {

using namespace rescuestream;

namespace {

const std::string kKey = "sk_" + std::string(43, 'A');
const std::string kSource = "rtsp://relay:password@127.0.0.1:8554/" + kKey;

std::map<std::string, WantedRelay> one(bool is_ready = true) {
    return {{"live/a", WantedRelay{kSource, is_ready}}};
}

MediaPathEntry entry(const std::string& name, const std::string& source = kSource,
                     bool on_demand = true) {
    return {name, source, on_demand};
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an entry that is wanted and missing is added, and one that is there stays") {
    CHECK(plan_relays(one(), {}, false, {}).add == Names{"live/a"});
    const auto plan = plan_relays(one(), {entry("live/a")}, false, {});
    CHECK(plan.add.empty());
    CHECK(plan.erase.empty());
    CHECK(plan.own == std::set<std::string>{"live/a"});
}

TEST_CASE("entries of ours that nobody needs or that are wrong are erased, the owner's never") {
    const auto other = plan_relays({},
                                   {entry("live/b"), entry("live/owner", "publisher"),
                                    entry("all_others"), entry("live/c", "rtsp://camera/1")},
                                   false, {});
    CHECK(other.erase == Names{"live/b"});
    CHECK(other.own == std::set<std::string>{"live/b"});
    const auto wrong =
        plan_relays(one(), {entry("live/a", "rtsp://relay:old@127.0.0.1:8554/" + kKey)}, false, {});
    CHECK(wrong.erase == Names{"live/a"});
    CHECK(wrong.add == Names{"live/a"});
}

TEST_CASE("where the media server records, relays pull all the time") {
    CHECK(plan_relays(one(), {entry("live/a", kSource, true)}, true, {}).erase == Names{"live/a"});
    CHECK(plan_relays(one(), {entry("live/a", kSource, false)}, true, {}).erase.empty());
    CHECK(plan_relays(one(), {entry("live/a", kSource, false)}, false, {}).erase ==
          Names{"live/a"});
}

TEST_CASE("a relay that pulls and has no picture for the second round in a row is made anew") {
    const std::vector<MediaPathEntry> there{entry("live/a", kSource, false)};
    const auto first = plan_relays(one(false), there, true, {});
    CHECK(first.erase.empty());
    const auto second = plan_relays(one(false), there, true, first.without_picture);
    CHECK(second.erase == Names{"live/a"});
    CHECK(second.add == Names{"live/a"});
    const auto ready = plan_relays(one(true), there, true, first.without_picture);
    CHECK(ready.erase.empty());
    CHECK(ready.without_picture.empty());
}

TEST_CASE("the owner's entry for secret paths is seen") {
    CHECK_FALSE(plan_relays(one(), {}, true, {}).has_secret_entry);
    CHECK(plan_relays(one(), {entry(std::string(kSecretPathsEntry), "publisher")}, true, {})
              .has_secret_entry);
}

TEST_CASE("the entry that earlier releases wrote does not cover a key behind an application") {
    const std::vector<MediaPathEntry> old{entry("~^sk_[0-9A-Za-z_-]{43}$", "publisher")};
    CHECK(plan_relays(one(), old, true, {}).has_secret_entry);
    auto wanted = one();
    wanted["live/b"] = {"rtsp://relay:password@127.0.0.1:8554/live/" + kKey, true};
    CHECK_FALSE(plan_relays(wanted, old, true, {}).has_secret_entry);
    const std::vector<MediaPathEntry> now{entry(std::string(kSecretPathsEntry), "publisher")};
    CHECK(plan_relays(wanted, now, true, {}).has_secret_entry);
}

TEST_CASE("an entry that pulls a key behind an application is one of ours") {
    const auto plan = plan_relays(
        {}, {entry("live/b", "rtsp://relay:password@127.0.0.1:8554/live/" + kKey)}, false, {});
    CHECK(plan.erase == Names{"live/b"});
}

}  // namespace relay_plan_test
