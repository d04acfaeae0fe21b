// POST /auth that does nothing: it shows what cpp-httplib alone costs.
#include <httplib.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <limits>

namespace {

class BareServer : public httplib::Server {
public:
    // The library's default backlog of five connections loses some of a hundred clients that
    // connect at once.
    bool bind_with_backlog(int port) {
        constexpr int kBacklog = 1024;
        return bind_to_port("127.0.0.1", port) && ::listen(svr_sock_, kBacklog) == 0;
    }
};

}  // namespace

int main(int argc, char** argv) {
    constexpr std::size_t kThreads = 128;
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " PORT\n";
        return 2;
    }
    BareServer server;
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(std::numeric_limits<std::size_t>::max() / 2);
    server.Post("/auth", [](const httplib::Request&, httplib::Response& answer) {
        constexpr int kOk = 200;
        answer.status = kOk;
    });
    return server.bind_with_backlog(std::atoi(argv[1])) && server.listen_after_bind() ? 0 : 1;
}
