#include "rescuestream/trace_context.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace rescuestream;

namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";
const std::string kGood = "00-" + kTrace + "-" + kParent + "-01";

std::string state_of(std::string_view text) {
    const auto context = parse_trace_context(kGood, text);
    REQUIRE(context);
    return context->trace_state;
}

}  // namespace

TEST_CASE("a traceparent gives trace id, span id and the sampled flag") {
    const auto context = parse_trace_context(kGood);
    REQUIRE(context);
    CHECK(to_string(context->trace_id) == kTrace);
    CHECK(to_string(context->span_id) == kParent);
    CHECK(context->sampled);
    CHECK(context->is_remote);
    CHECK(context->trace_state.empty());
    CHECK_FALSE(parse_trace_context("00-" + kTrace + "-" + kParent + "-00")->sampled);
    // Of the flags only the first bit is known.
    CHECK(parse_trace_context("00-" + kTrace + "-" + kParent + "-ff")->sampled);
    CHECK_FALSE(parse_trace_context("00-" + kTrace + "-" + kParent + "-fe")->sampled);
}

TEST_CASE("a traceparent that was formatted is read as the same context") {
    auto context = parse_trace_context(kGood);
    REQUIRE(context);
    CHECK(format_trace_parent(*context) == kGood);
    context->sampled = false;
    CHECK(format_trace_parent(*context) == "00-" + kTrace + "-" + kParent + "-00");
}

TEST_CASE("a traceparent of a later version may have more members") {
    const std::string later = "cc" + kGood.substr(2);
    CHECK(parse_trace_context(later));
    CHECK(parse_trace_context(later + "-what-the-future-brings"));
    CHECK_FALSE(parse_trace_context(later + "x"));
}

TEST_CASE("a malformed traceparent is ignored") {
    std::string bad;
    SUBCASE("nothing") {}
    SUBCASE("one character less") {
        bad = kGood.substr(0, kGood.size() - 1);
    }
    SUBCASE("one character more") {
        bad = kGood + "0";
    }
    SUBCASE("a member more in version 00") {
        bad = kGood + "-00";
    }
    SUBCASE("version ff") {
        bad = "ff" + kGood.substr(2);
    }
    SUBCASE("version is no number") {
        bad = "0x" + kGood.substr(2);
    }
    SUBCASE("trace id of zeros") {
        bad = "00-" + std::string(32, '0') + "-" + kParent + "-01";
    }
    SUBCASE("span id of zeros") {
        bad = "00-" + kTrace + "-" + std::string(16, '0') + "-01";
    }
    SUBCASE("capital digits") {
        bad = "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kParent + "-01";
    }
    SUBCASE("other letters") {
        bad = "00-4bf92f3577b34da6a3ce929d0e0e473g-" + kParent + "-01";
    }
    SUBCASE("flags are no number") {
        bad = "00-" + kTrace + "-" + kParent + "-0x";
    }
    SUBCASE("other separators") {
        bad = "00_" + kTrace + "_" + kParent + "_01";
    }
    SUBCASE("blank before") {
        bad = " " + kGood;
    }
    SUBCASE("blank behind") {
        bad = kGood + " ";
    }
    SUBCASE("NUL inside") {
        bad = kGood;
        bad[10] = '\0';
    }
    SUBCASE("very long") {
        bad = kGood + std::string(100'000, 'a');
    }
    CHECK_FALSE(parse_trace_context(bad));
}

TEST_CASE("a tracestate is passed on with its members in order") {
    CHECK(state_of("congo=t61rcWkgMzE").size() == 17);
    CHECK(state_of("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE") ==
          "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    CHECK(state_of(" a=1 ,\tb=2 , ,") == "a=1,b=2");
    CHECK(state_of("tenant@system=x") == "tenant@system=x");
    CHECK(state_of("0tenant@system=x") == "0tenant@system=x");
    CHECK(state_of("a_-*/9=has blanks inside and !~") == "a_-*/9=has blanks inside and !~");
}

TEST_CASE("a malformed tracestate is dropped, and the traceparent is still used") {
    std::string bad;
    SUBCASE("no equals sign") {
        bad = "a";
    }
    SUBCASE("no key") {
        bad = "=1";
    }
    SUBCASE("no value") {
        bad = "a=";
    }
    SUBCASE("two equals signs") {
        bad = "a=1=2";
    }
    SUBCASE("capital letters in the key") {
        bad = "A=1";
    }
    SUBCASE("key begins with a digit") {
        bad = "1a=1";
    }
    SUBCASE("system begins with a digit") {
        bad = "a@1b=1";
    }
    SUBCASE("two at signs") {
        bad = "a@b@c=1";
    }
    SUBCASE("long key") {
        bad = std::string(257, 'a') + "=1";
    }
    SUBCASE("long tenant") {
        bad = std::string(242, 'a') + "@b=1";
    }
    SUBCASE("long system") {
        bad = "a@" + std::string(15, 'b') + "=1";
    }
    SUBCASE("long value") {
        bad = "a=" + std::string(257, 'v');
    }
    SUBCASE("the same key twice") {
        bad = "a=1,a=2";
    }
    SUBCASE("line end") {
        bad = "a=1\r\nx-injected: 1";
    }
    SUBCASE("not ASCII") {
        bad = "a=\xc3\xa9";
    }
    SUBCASE("33 members") {
        for (int i = 0; i < 33; ++i) bad += "k" + std::to_string(i) + "=v,";
    }
    SUBCASE("513 characters") {
        bad = "a=" + std::string(254, 'v') + ",b=" + std::string(254, 'v');
    }
    SUBCASE("a key value") {
        bad = "a=sk_" + std::string(43, 'A');
    }
    CHECK(state_of(bad).empty());
}

TEST_CASE("a context without ids is that of no span") {
    CHECK_FALSE(SpanContext{}.is_valid());
    SpanContext context;
    context.trace_id[0] = 1;
    CHECK_FALSE(context.is_valid());
    context.span_id[7] = 1;
    CHECK(context.is_valid());
}

TEST_CASE("headers that were changed at random are ignored, or read as a context that is valid") {
    constexpr int kRounds = 20'000;
    const std::string key = "sk_" + std::string(43, 'k');
    const std::string state = "vendor=1,tenant@system=a b," + key + "=" + key;
    std::mt19937 random(7);  // the same changes in each run
    const auto below = [&](std::size_t limit) { return random() % limit; };
    const auto change = [&](std::string text) {
        for (auto changes = below(4); changes > 0; --changes) {
            const auto at = below(text.size() + 1);
            const std::string piece(1 + below(3), static_cast<char>(below(256)));
            switch (below(4)) {
                case 0:
                    text.insert(at, piece);
                    break;
                case 1:
                    text.erase(at, 1 + below(40));
                    break;
                case 2:
                    text.insert(at, text.substr(below(text.size() + 1), 60));
                    break;
                default:
                    if (at < text.size()) text[at] = "0f-,=@ \t"[below(8)];
            }
        }
        return text;
    };
    int accepted = 0;
    for (int i = 0; i < kRounds; ++i) {
        const std::string parent = change(kGood);
        const std::string given = change(state);
        const auto context = parse_trace_context(parent, given);
        if (!context) continue;
        ++accepted;
        CAPTURE(parent);
        CAPTURE(given);
        REQUIRE(context->is_valid());
        REQUIRE(context->trace_state.size() <= 512);
        REQUIRE(context->trace_state.find(key) == std::string::npos);
        for (const char c : context->trace_state) REQUIRE((c >= 0x20 && c < 0x7f));
        REQUIRE(parse_trace_context(format_trace_parent(*context), context->trace_state) ==
                context);
    }
    CHECK(accepted > kRounds / 10);  // the others were refused
    CHECK(accepted < kRounds);
}
