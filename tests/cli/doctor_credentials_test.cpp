#include <sys/stat.h>

#include "doctor_case.hpp"
#include "support/control_credential.hpp"
#include "support/media_credential.hpp"

namespace doctor_test {

namespace {

// The answer of a server that knows one credential, which may read streams alone.
void answer_to_narrow_credential(const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/nodes") return answer_as_server(request, response);
    response.status = 403;
    response.set_content(R"({"type":"/errors/forbidden","title":"Forbidden","status":403,)"
                         R"("detail":"This needs the scope nodes:read."})",
                         "application/problem+json");
}

const std::string kNarrow = "rsc_abcdefghijkl_" + std::string(43, 'a');

}  // namespace

TEST_CASE_FIXTURE(HealthyCase, "a credential with few rights is accepted, and blamed for nothing") {
    HttpStub narrow(answer_to_narrow_credential);
    const std::string file = directory.file("credential");
    std::ofstream(file) << kNarrow << '\n';
    ::chmod(file.c_str(), 0600);
    cli.environment = {{"HOME", directory.path().string()}};
    const auto ran = examine({"--server", narrow.origin(), "--api-secret-file", file});
    CHECK(ran.code == 0);
    CHECK(contains(about("server", ran), "It accepts the credential in " + file));
    CHECK(contains(about("server", ran), "the scope nodes:read"));
    CHECK_FALSE(contains(ran.out, "API_SECRET"));
    CHECK(contains(ran.out, "0 errors"));
    CHECK_FALSE(contains(ran.out, kNarrow));
}

TEST_CASE_FIXTURE(HealthyCase,
                  "doctor examines the server of the profile that is in use or named") {
    HttpStub narrow(answer_to_narrow_credential);
    cli.environment = {{"HOME", directory.path().string()}};
    cli.answer = kNarrow + "\n";
    REQUIRE(cli.run({"profile", "add", "north", "--server", narrow.origin(), "--unchecked"}).code ==
            0);
    const auto named = examine({"--profile", "north"});
    CHECK(named.code == 0);
    CHECK(contains(about("server", named), narrow.origin()));
    CHECK(contains(about("server", named), "accepts the credential of the profile north"));
    CHECK(about("database", named).starts_with("skipped"));
    REQUIRE(cli.run({"profile", "use", "north"}).code == 0);
    CHECK(examine().out == named.out);
    CHECK(examine({"--profile", "south"}).code == 3);
}

TEST_CASE_FIXTURE(
    HealthyCase,
    "beside a server that accepts the secret of DATA_DIR, the files are examined too") {
    HttpStub answering([&](const httplib::Request& request, httplib::Response& response) {
        if (request.path != "/nodes") return answer_as_server(request, response);
        response.set_content(R"({"nodes":[],"count":0})", "application/json");
    });
    cli.environment = {{"HOME", directory.path().string()},
                       {"DATA_DIR", directory.path().string()},
                       {"RESCUESTREAM_SERVER", answering.origin()}};
    for (const char* name : {"api-secret", "mediamtx-api-secret"}) {
        const std::string file = directory.file(name);
        std::ofstream(file) << "a-secret-that-is-long-enough-0123456789\n";
        ::chmod(file.c_str(), 0600);
    }
    ::chmod(directory.path().c_str(), 0700);
    auto ran = examine();
    CHECK(about("secret files", ran).starts_with("ok       secret files    2 files"));
    CHECK(about("data directory", ran).starts_with("ok"));
    CHECK(about("database", ran).starts_with("ok"));
    ::chmod(directory.file("api-secret").c_str(), 0644);
    CHECK(contains(about("secret files", examine()), "chmod 600"));
    // A server elsewhere has files of its own.
    cli.environment["DATA_DIR"] = directory.file("none");
    ran = examine();
    CHECK(about("secret files", ran).starts_with("skipped"));
    CHECK(about("data directory", ran).starts_with("skipped"));
}

TEST_CASE_FIXTURE(HealthyCase, "the credential of the node is right, that of another one is told") {
    cli.environment["API_SECRET"] = "the secret of the API of this server";
    const Secret control = derive_control_secret(Secret(cli.environment.at("API_SECRET")));
    const auto ask_with = [&](const char* node) {
        configuration.auth_http_address = server.origin() + "/auth";
        configuration.auth_http_address.insert(
            7, "mediamtx:" + media_secret_of(control, node).reveal() + "@");
        const auto ran = examine();
        CHECK_FALSE(contains(ran.out, media_secret_of(control, node).reveal()));
        return about("authentication", ran);
    };
    CHECK(ask_with("default").starts_with("ok"));
    CHECK(contains(ask_with("north"), "the credential of another node"));
}

TEST_CASE_FIXTURE(HealthyCase, "another media secret is told, and neither is shown") {
    cli.environment["MEDIA_SECRET"] = "media-secret-of-the-server-0123456789";
    configuration.auth_http_address = server.origin() + "/auth";
    CHECK(contains(about("authentication", examine()), "has no MEDIA_SECRET"));
    configuration.auth_http_address.insert(7, "mediamtx:media-secret-of-another-0123@");
    auto ran = examine();
    CHECK(contains(about("authentication", ran), "another MEDIA_SECRET"));
    CHECK_FALSE(contains(ran.out, "media-secret-of"));
    configuration.auth_http_address = server.origin() + "/auth";
    configuration.auth_http_address.insert(7, "mediamtx:media-secret-of-the-server-0123456789@");
    ran = examine();
    CHECK(about("authentication", ran).starts_with("ok"));
    CHECK_FALSE(contains(ran.out, "media-secret-of"));
}

}  // namespace doctor_test
