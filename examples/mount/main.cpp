// A program with an HTTP server of its own that also answers the HTTP API of RescueStream. It asks
// itself what MediaMTX and a web page would ask, prints the answers, and ends. An in-memory media
// server plays MediaMTX, so it runs anywhere.

#include <httplib.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <rescuestream/fake_media_server.hpp>
#include <rescuestream/mount.hpp>
#include <rescuestream/storage.hpp>
#include <rescuestream/stream_orchestrator.hpp>
#include <string>
#include <thread>
#include <utility>

namespace {

namespace rs = rescuestream;

// Every call of the library answers with a value or with a reason: this program ends at a reason.
template <class T>
T value_or_exit(rs::Result<T> result) {
    if (!result) {
        std::cerr << "mount: " << result.error().message << '\n';
        std::exit(EXIT_FAILURE);
    }
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void print(const char* question, const httplib::Result& answer) {
    std::cout << question << ": ";
    if (answer) {
        std::cout << answer->status << '\n';
    } else {
        std::cout << "no answer\n";
    }
}

void ask(int port) {
    httplib::Client client("127.0.0.1", port);
    print("the program's own page", client.Get("/"));
    print("health", client.Get("/health"));
    print("a reader",
          client.Post("/auth", R"({"action":"read","path":"live/drone1"})", "application/json"));
    print("an unknown publisher",
          client.Post("/auth",
                      R"({"action":"publish","path":"live/drone1","password":"sk_unknown",)"
                      R"("ip":"192.0.2.7","protocol":"rtmp","id":"1"})",
                      "application/json"));
    print("streams without the secret", client.Get("/streams"));
    print("streams with it", client.Get("/streams", {{"X-API-Key", "an example's secret"}}));
}

}  // namespace

int main() {
    rs::OrchestratorOptions options;
    options.storage = value_or_exit(rs::open_storage("memory:"));
    options.media_server = std::make_unique<rs::testing::FakeMediaServer>();
    rs::StreamOrchestrator orchestrator(std::move(options));
    value_or_exit(orchestrator.migrate());

    httplib::Server server;
    server.Get("/", [](const httplib::Request&, httplib::Response& response) {
        response.set_content("A page of this program.\n", "text/plain");
    });
    rs::MountOptions api;
    api.api_secret = rs::Secret("an example's secret");
    value_or_exit(rs::mount(server, orchestrator, std::move(api)));
    // By default an answer with a body waits 40 ms for the acknowledgement of its head.
    server.set_tcp_nodelay(true);

    const int port = server.bind_to_any_port("127.0.0.1");
    std::thread thread([&] { server.listen_after_bind(); });
    ask(port);
    server.stop();
    thread.join();
}
