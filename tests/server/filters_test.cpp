// How a request and its answer pass through the filters.

#include <doctest/doctest.h>

#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "routes/table.hpp"
#include "test_server.hpp"

namespace rescuestream::server::testing {
namespace {

enum class Place { kNowhere, kHead, kRequest };

/// Records its calls, and answers or throws in one of them.
class WritingFilter final : public Filter {
public:
    WritingFilter(std::string name, std::string& notes, Place answers = Place::kNowhere,
                  Place throws = Place::kNowhere)
        : name_(std::move(name)), notes_(notes), answers_(answers), throws_(throws) {}

    std::optional<HttpResponse> on_head(Call& call) const override {
        call.route = &api_routes().front();
        return meet(Place::kHead, " head");
    }
    std::optional<HttpResponse> on_request(Call&) const override {
        return meet(Place::kRequest, " request");
    }
    void on_answer(const Call&, HttpResponse&) const override { notes_ += name_ + " answer, "; }

private:
    std::optional<HttpResponse> meet(Place place, const char* what) const {
        notes_ += name_ + what + ", ";
        if (throws_ == place) throw std::runtime_error("inner words");
        if (answers_ != place) return std::nullopt;
        HttpResponse response;
        response.status = 418;
        return response;
    }

    const std::string name_;
    std::string& notes_;
    const Place answers_;
    const Place throws_;
};

class CatchingFilter final : public Filter {
public:
    std::optional<HttpResponse> on_failure(const Call&, const char* what) const override {
        HttpResponse response;
        response.status = 500;
        response.body = what;
        return response;
    }
};

/// An application with filters `a` (outer), a catch, `b` and `c`; `b` does something.
struct Passed {
    explicit Passed(Place answers, Place throws = Place::kNowhere) {
        Filters filters;
        filters.all.push_back(std::make_unique<WritingFilter>("a", notes));
        filters.all.push_back(std::make_unique<CatchingFilter>());
        filters.outer = 2;
        filters.all.push_back(std::make_unique<WritingFilter>("b", notes, answers, throws));
        filters.all.push_back(std::make_unique<WritingFilter>("c", notes));
        application = std::make_unique<Application>(
            Context{*world.test.orchestrator, world.settings, world.logger}, std::move(filters));
    }
    HttpResponse ask() {
        return application->handle(
            TestApplication::make_request("POST", "/auth", R"({"action":"read","path":"live/a"})"));
    }

    std::string notes;
    TestApplication world;
    std::unique_ptr<Application> application;
};

TEST_CASE("a request passes the filters in order, and its answer in reverse order") {
    Passed passed(Place::kNowhere);
    CHECK(passed.ask().status == 400);  // no filter here has read the body
    CHECK(passed.notes ==
          "a head, b head, c head, a request, b request, c request, c answer, b answer, "
          "a answer, ");
}

TEST_CASE("the answer of a filter passes that filter and those outside of it") {
    Passed at_head(Place::kHead);
    CHECK(at_head.ask().status == 418);
    CHECK(at_head.notes == "a head, b head, b answer, a answer, ");

    Passed at_request(Place::kRequest);
    CHECK(at_request.ask().status == 418);
    CHECK(at_request.notes == "a head, b head, c head, a request, b request, b answer, a answer, ");
}

TEST_CASE("an exception is answered by the catch, and passes only the filters outside of it") {
    for (const Place place : {Place::kHead, Place::kRequest}) {
        Passed passed(Place::kNowhere, place);
        const HttpResponse response = passed.ask();
        CHECK(response.status == 500);
        CHECK(response.body == "inner words");
        CHECK(passed.notes.ends_with(", a answer, "));
        CHECK(passed.notes.find("b answer") == std::string::npos);
    }
}

TEST_CASE("a malformed request passes only the outer filters") {
    Passed passed(Place::kNowhere);
    CHECK(passed.application->refuse({}, 400, "The request line is malformed.").status == 400);
    CHECK(passed.notes == "a head, a answer, ");
}

TEST_CASE("a request that is refused by its head needs no body and no worker") {
    TestApplication server;
    const auto refused =
        server.application.receive(TestApplication::make_request("POST", "/broadcasters"));
    CHECK(refused->work() == Work::kImmediate);
    CHECK(refused->body_limit() == 0);

    HttpRequest request = TestApplication::make_request("POST", "/broadcasters");
    request.headers.emplace_back("x-api-key", kSecret);
    const auto taken = server.application.receive(std::move(request));
    CHECK(taken->work() == Work::kOrdinary);
    CHECK(taken->body_limit() == 1024UL * 1024);
}

TEST_CASE("every request without an id gets one of its own, whichever thread receives it") {
    TestApplication server;
    std::mutex mutex;
    std::set<std::string> ids;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (int number = 0; number < 100; ++number) {
                const std::string id = server.media("/auth", kRead).header("X-Request-ID");
                const std::lock_guard lock(mutex);
                ids.insert(id);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(ids.size() == 300);
}

TEST_CASE("a request that is dropped after its head gets an answer, and counts for its route") {
    TestApplication server;
    const auto pending = server.application.receive(TestApplication::make_request("POST", "/auth"));
    const HttpResponse response =
        pending->refuse(503, "The server has too much to do at this moment.");
    CHECK(response.status == 503);
    Reply reply;
    reply.response = response;
    CHECK(reply.header("Retry-After") == "1");
    CHECK_FALSE(reply.header("X-Request-ID").empty());
    REQUIRE(server.observer.all().size() == 1);
    CHECK(server.observer.all()[0].route == "/auth");
    CHECK(server.observer.all()[0].status == 503);
}

}  // namespace
}  // namespace rescuestream::server::testing
