// What is to be done about a media server's entries of relays: plans, without a media server.
#include <doctest/doctest.h>

#include "orchestrator/relays.hpp"

namespace relay_plan_test {

using namespace rescuestream;

namespace {

const std::string kKey = "sk_" + std::string(43, 'A');
const std::string kSource = "rtsp://relay:password@127.0.0.1:8554/" + kKey;

const std::string kBorrowed = "rtsp://relay-borrowed:password@127.0.0.1:8554/" + kKey;

std::map<std::string, WantedRelay> one(bool is_ready = true) {
    return {{"live/a", WantedRelay{kSource, kBorrowed, is_ready}}};
}

MediaPathEntry entry(const std::string& name, const std::string& source = kSource,
                     bool on_demand = true) {
    return {name, source, on_demand, false, false, {}};
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
    wanted["live/b"].source = "rtsp://relay:password@127.0.0.1:8554/live/" + kKey;
    CHECK_FALSE(plan_relays(wanted, old, true, {}).has_secret_entry);
    const std::vector<MediaPathEntry> now{entry(std::string(kSecretPathsEntry), "publisher")};
    CHECK(plan_relays(wanted, now, true, {}).has_secret_entry);
}

TEST_CASE("an entry that pulls a key behind an application is one of ours") {
    const auto plan = plan_relays(
        {}, {entry("live/b", "rtsp://relay:password@127.0.0.1:8554/live/" + kKey)}, false, {});
    CHECK(plan.erase == Names{"live/b"});
}

TEST_CASE("an entry of the owner for the public path alone is changed and given back") {
    auto owners = entry("live/a", "publisher", false);
    owners.rtsp_transport = "automatic";
    const auto first = plan_relays(one(), {owners}, false, {});
    CHECK(first.add.empty());
    CHECK(first.borrow == std::vector<RelayPlan::Borrow>{{"live/a", true, "automatic"}});
    const auto there = plan_relays(one(), {entry("live/a", kBorrowed)}, false, {});
    CHECK(there.borrow.empty());
    CHECK(there.give_back.empty());
    CHECK(there.erase.empty());
    CHECK(there.borrowed == std::set<std::string>{"live/a"});
    CHECK(plan_relays({}, {entry("live/a", kBorrowed)}, false, {}).give_back == Names{"live/a"});
    CHECK(plan_relays({}, {owners}, false, {}).give_back.empty());
}

TEST_CASE(
    "an entry of the owner that records pulls all the time, whatever applies to other paths") {
    auto owners = entry("live/a", "publisher", false);
    owners.record = true;
    CHECK(plan_relays(one(), {owners}, false, {}).borrow.at(0).on_demand == false);
    auto borrowed = entry("live/a", kBorrowed, false);
    borrowed.record = true;
    const auto first = plan_relays(one(false), {borrowed}, false, {});
    CHECK(first.give_back.empty());
    const auto second = plan_relays(one(false), {borrowed}, false, first.without_picture);
    CHECK(second.give_back == Names{"live/a"});
    CHECK(second.borrow.size() == 1);
}

TEST_CASE("an entry of the owner with a source of its own, or for many paths, is never changed") {
    auto starts = entry("live/a", "publisher", false);
    starts.runs_on_init = true;
    for (const auto& owners : {entry("live/a", "rtsp://camera/1", false), starts}) {
        const auto plan = plan_relays(one(), {owners}, false, {});
        CHECK(plan.borrow.empty());
        CHECK(plan.add.empty());
        CHECK(plan.blocked.contains("live/a"));
    }
    auto wanted = one();
    wanted.at("live/a").is_taken = true;
    CHECK(plan_relays(wanted, {entry("live/a", "publisher", false)}, false, {})
              .blocked.contains("live/a"));
    const std::map<std::string, WantedRelay> all{{"all_others", wanted.at("live/a")}};
    CHECK(plan_relays(all, {entry("all_others", "publisher", false)}, false, {}).borrow.empty());
}

}  // namespace relay_plan_test
