// Lists of several pages that change while they are read.
#include <set>

#include "conformance/media_server/client_case.hpp"

using namespace rescuestream;
using namespace rescuestream::testing;

namespace {

class PagesCase : public ClientCase {
public:
    PagesCase() {
        MediaMtxOptions options;
        options.items_per_page = 2;
        open(options);
        for (int i = 1; i <= 5; ++i) publish(i);
    }

    static std::string name(int number) { return "live/" + std::to_string(number); }
    void publish(int number) { model().publish(ConnectionKind::kRtsp, id(number), name(number)); }
    std::vector<std::string> names() {
        const auto paths = client().list_paths().value();
        std::vector<std::string> all;
        for (const auto& path : paths) all.push_back(path.name);
        return all;
    }
};

}  // namespace

TEST_SUITE_BEGIN("stub");

TEST_CASE_FIXTURE(PagesCase, "a list of several pages is read completely") {
    CHECK(names() == std::vector{name(1), name(2), name(3), name(4), name(5)});
    CHECK(stub().requests().size() == 3);
}

TEST_CASE_FIXTURE(PagesCase, "a path that ends while the list is read hides no other one") {
    bool gone = false;
    stub().before_page([&](std::size_t page) {
        // Path number 3 moves to the page that has already been read.
        if (page == 1 && !gone) model().disconnect(id(1));
        if (page == 1) gone = true;
    });
    CHECK(names() == std::vector{name(2), name(3), name(4), name(5)});
}

TEST_CASE_FIXTURE(PagesCase,
                  "a path that starts while the list is read makes no path appear twice") {
    bool come = false;
    stub().before_page([&](std::size_t page) {
        if (page == 1 && !come) publish(0);
        if (page == 1) come = true;
    });
    CHECK(names() == std::vector{name(0), name(1), name(2), name(3), name(4), name(5)});
}

TEST_CASE_FIXTURE(PagesCase, "a list that changes all the time is still read, without duplicates") {
    int number = 100;
    stub().before_page([&](std::size_t) { publish(number++); });
    const auto all = names();
    CHECK(std::set(all.begin(), all.end()).size() == all.size());
    CHECK(all.size() >= 5);
    CHECK(stub().requests().size() < 40);
}

TEST_CASE_FIXTURE(PagesCase, "a wrong count of pages does not make the client read for ever") {
    SUBCASE("beyond the end") {
        stub().answer_all_with(
            MtxAnswer{.body = R"({"itemCount":9,"pageCount":18446744073709551615,"items":[]})"});
        CHECK(client().list_paths().value().empty());
    }
    SUBCASE("the same page for ever") {
        stub().answer_all_with(MtxAnswer{
            .body = R"({"itemCount":9,"pageCount":18446744073709551615,"items":[{"name":"a"}]})"});
        CHECK_FALSE(client().list_paths().has_value());
    }
}

TEST_SUITE_END();
