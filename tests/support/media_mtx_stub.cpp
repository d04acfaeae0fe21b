#include "support/media_mtx_stub.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/crypto.hpp"
#include "support/free_port.hpp"
#include "support/media_mtx_json.hpp"
#include "support/media_mtx_list_routes.hpp"
#include "support/media_mtx_path_configs.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {
namespace {

constexpr std::size_t kDefaultItemsPerPage = 100;
constexpr const char* kAnything = R"([\s\S]*)";  // a dot does not match a line break
constexpr std::size_t kHugeBody = 200U * 1000 * 1000;

// httplib's backlog of five connections is too short for a burst.
class PatientServer final : public httplib::Server {
public:
    bool bind(int port) { return bind_to_port("127.0.0.1", port) && ::listen(svr_sock_, 128) == 0; }
};

}  // namespace

struct MediaMtxStub::State {
    mutable std::mutex mutex;
    std::condition_variable changed;
    FakeMediaServer model;
    MtxPathConfigs path_configs{model};
    MtxVocabulary vocabulary = MtxVocabulary::kCurrent;
    MtxRouteNames route_names = MtxRouteNames::kJoined;
    std::string version = "v1.20.1";
    MtxFault fault = MtxFault::kNone;
    bool stopping = false;
    std::set<ConnectionKind> switched_off;
    std::optional<std::string> authorization;
    std::optional<MtxAnswer> answer_to_all;
    std::function<void(std::size_t)> before_page;
    std::function<void(const std::string&)> while_answering;

    std::vector<std::string> requests;
    std::vector<std::string> bodies;
    std::set<int> ports;
    std::vector<std::string> running;
    std::vector<std::vector<std::string>> history;  // of `running`, at each arrival

    std::unique_ptr<PatientServer> server;
    std::thread thread;
    int port = free_port();

    template <class Value>
    Value locked(Value State::*member) const {
        const std::lock_guard lock(mutex);
        return this->*member;
    }

    MtxAnswer list(const httplib::Request& request,
                   const std::function<std::vector<std::string>()>& items) {
        std::size_t items_per_page = kDefaultItemsPerPage;
        std::size_t page = 0;
        try {
            if (request.has_param("itemsPerPage")) {
                items_per_page = std::stoul(request.get_param_value("itemsPerPage"));
            }
            if (request.has_param("page")) page = std::stoul(request.get_param_value("page"));
        } catch (const std::exception&) {
            return refused(400, "strconv.ParseUint: invalid syntax");
        }
        if (items_per_page == 0) return refused(400, "invalid items per page");
        if (const auto callback = locked(&State::before_page)) callback(page);
        return {.body = mtx_json::list(items(), items_per_page, page)};
    }

    MtxAnswer connections(ConnectionKind kind, const httplib::Request& request,
                          const std::string& action) {
        if (locked(&State::switched_off).contains(kind)) return unknown_route();
        if (request.method == "GET" && action == "list") {
            return list(request, [&] {
                std::vector<std::string> items;
                const auto all = model.list_connections(kind).value();
                for (const auto& item : all) {
                    items.push_back(mtx_json::connection(item, locked(&State::vocabulary)));
                }
                return items;
            });
        }
        const bool is_get = request.method == "GET";
        const auto id = behind(action, is_get ? "get/" : "kick/");
        if ((!is_get && request.method != "POST") || !id) return unknown_route();
        if (!Uuid::parse(*id))
            return refused(400, "invalid UUID length: " + std::to_string(id->size()));
        const bool is_session = kind == ConnectionKind::kRtsp || kind == ConnectionKind::kRtsps ||
                                kind == ConnectionKind::kWebRtc;
        const auto nobody = refused(404, is_session ? "session not found" : "connection not found");
        if (is_get) {
            const auto all = model.list_connections(kind).value();
            const auto found = std::find_if(all.begin(), all.end(),
                                            [&](const auto& each) { return each.id.value == *id; });
            if (found == all.end()) return nobody;
            return {.body = mtx_json::connection(*found, locked(&State::vocabulary))};
        }
        if (!model.kick(kind, ConnectionId{*id})) return nobody;
        return {.body = mtx_json::ok()};
    }

    MtxAnswer rtsp_clients(const httplib::Request& request, ConnectionKind kind) {
        if (locked(&State::switched_off).contains(kind)) return unknown_route();
        return list(request, [&] {
            std::vector<std::string> items;
            const auto all = model.list_connections(kind).value();
            for (const auto& item : all) items.push_back(mtx_json::rtsp_client(item));
            return items;
        });
    }

    MtxAnswer answer(const httplib::Request& request) {
        if (const auto needed = locked(&State::authorization);
            needed && request.get_header_value("Authorization") != *needed) {
            return refused(401, "authentication error");
        }
        if (auto all = locked(&State::answer_to_all)) return *std::move(all);
        const std::string& path = request.path;  // httplib has decoded it
        const bool is_get = request.method == "GET";
        if (is_get && path == "/v3/info") {
            return {.body =
                        mtx_json::info({locked(&State::version), model.info().value().started})};
        }
        if (is_get && path == "/v3/paths/list") {
            return list(request, [&] {
                std::vector<std::string> items;
                const auto all = model.list_paths().value();
                for (const auto& item : all) {
                    items.push_back(mtx_json::path(item, locked(&State::vocabulary)));
                }
                return items;
            });
        }
        if (const auto name = behind(path, "/v3/paths/get/"); name && is_get) {
            const auto found = model.find_path(*name);
            if (!found) return refused(404, "path not found");
            return {.body = mtx_json::path(*found, locked(&State::vocabulary))};
        }
        if (is_get && path == "/v3/config/global/get") {
            return {.body = mtx_json::configuration(model.configuration().value())};
        }
        const bool is_nested = locked(&State::route_names) == MtxRouteNames::kNested;
        if (is_get &&
            path == (is_nested ? "/v3/config/path-defaults/get" : "/v3/config/pathdefaults/get")) {
            return {.body = mtx_json::path_settings(model.configuration().value().path_defaults)};
        }
        if (is_get && path == "/v3/config/paths/list") {
            return list(request, [this] { return path_configs.all(); });
        }
        if (const auto action = behind(path, "/v3/config/paths/")) {
            return path_configs.answer(request.method, *action, request.body);
        }
        if (const auto kind = find_rtsp_clients_route(path, locked(&State::route_names))) {
            return rtsp_clients(request, *kind);
        }
        if (const auto route = find_list_route(path, locked(&State::route_names))) {
            return connections(route->kind, request, route->action);
        }
        return unknown_route();
    }

    // Returns false when the stub ends.
    bool wait_while(const std::function<bool()>& condition) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stopping || !condition(); });
        return !stopping;
    }

    void send(const MtxAnswer& answer, httplib::Response& response) {
        response.status = answer.status;
        const MtxFault kind = locked(&State::fault);
        if (kind == MtxFault::kDrip) {
            response.set_chunked_content_provider(
                answer.content_type, [this](std::size_t, httplib::DataSink& sink) {
                    std::unique_lock lock(mutex);
                    changed.wait_for(lock, std::chrono::milliseconds(50),
                                     [this] { return stopping; });
                    return !stopping && sink.write(" ", 1);
                });
        } else if (kind == MtxFault::kHalfPage) {
            response.set_content_provider(
                answer.body.size(), answer.content_type,
                [body = answer.body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
                    return offset == 0 && sink.write(body.data(), body.size() / 2);
                });
        } else if (kind == MtxFault::kHugeBody) {
            response.set_content_provider(
                kHugeBody, answer.content_type,
                [](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                    static const std::string start = R"({"itemCount":1,"pageCount":1,"items":[)";
                    static const std::string space(1U << 20, ' ');
                    if (offset == 0) return sink.write(start.data(), start.size());
                    return sink.write(space.data(), std::min(length, space.size()));
                });
        } else {
            response.set_content(answer.body, answer.content_type.c_str());
        }
    }

    void handle(const httplib::Request& request, httplib::Response& response) {
        const std::string title = request.method + " " + request.path;
        {
            const std::lock_guard lock(mutex);
            requests.push_back(title);
            bodies.push_back(request.body);
            ports.insert(request.remote_port);
            running.push_back(title);
            history.push_back(running);
        }
        if (const auto callback = locked(&State::while_answering)) callback(title);
        wait_while([this] { return fault == MtxFault::kHang; });
        send(answer(request), response);
        const std::lock_guard lock(mutex);
        running.erase(std::find(running.begin(), running.end(), title));
    }
};

MediaMtxStub::MediaMtxStub() : state_(std::make_unique<State>()) {
    start();
}

MediaMtxStub::~MediaMtxStub() {
    shut_down();
}

void MediaMtxStub::start() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = false;
    }
    state_->server = std::make_unique<PatientServer>();
    auto& server = *state_->server;
    server.new_task_queue = [] { return new httplib::ThreadPool(32); };
    server.set_keep_alive_max_count(100'000);
    server.set_keep_alive_timeout(1);  // the destructor may take this long
    server.set_tcp_nodelay(true);
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
        state_->handle(request, response);
    };
    server.Get(kAnything, handle);
    server.Delete(kAnything, handle);
    server.Post(kAnything, handle);
    server.Patch(kAnything, handle);
    if (!server.bind(state_->port)) {
        throw std::runtime_error("the stub cannot listen");
    }
    state_->thread = std::thread([&server] { server.listen_after_bind(); });
    if (!eventually([&server] { return server.is_running(); })) {
        throw std::runtime_error("the stub does not run");
    }
}

void MediaMtxStub::shut_down() {
    if (!state_->server) return;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_all();
    state_->server->stop();
    state_->thread.join();
    state_->server.reset();
}

std::string MediaMtxStub::url() const {
    return "http://127.0.0.1:" + std::to_string(state_->port);
}

FakeMediaServer& MediaMtxStub::model() {
    return state_->model;
}

void MediaMtxStub::set_vocabulary(MtxVocabulary vocabulary) {
    const std::lock_guard lock(state_->mutex);
    state_->vocabulary = vocabulary;
}

void MediaMtxStub::set_route_names(MtxRouteNames names) {
    const std::lock_guard lock(state_->mutex);
    state_->route_names = names;
}

void MediaMtxStub::set_version(const std::string& version) {
    const std::lock_guard lock(state_->mutex);
    state_->version = version;
}

void MediaMtxStub::switch_off(ConnectionKind kind) {
    const std::lock_guard lock(state_->mutex);
    state_->switched_off.insert(kind);
}

void MediaMtxStub::require_credential(const std::string& user, const std::string& password) {
    const std::lock_guard lock(state_->mutex);
    state_->authorization = "Basic " + base64_encode(user + ":" + password);
}

void MediaMtxStub::set_fault(MtxFault fault) {
    const std::lock_guard lock(state_->mutex);
    state_->fault = fault;
    state_->changed.notify_all();
}

void MediaMtxStub::answer_all_with(std::optional<MtxAnswer> answer) {
    const std::lock_guard lock(state_->mutex);
    state_->answer_to_all = std::move(answer);
}

void MediaMtxStub::before_page(std::function<void(std::size_t page)> callback) {
    const std::lock_guard lock(state_->mutex);
    state_->before_page = std::move(callback);
}

void MediaMtxStub::while_answering(std::function<void(const std::string& request)> callback) {
    const std::lock_guard lock(state_->mutex);
    state_->while_answering = std::move(callback);
}

std::vector<std::string> MediaMtxStub::requests() const {
    return state_->locked(&State::requests);
}

std::vector<std::string> MediaMtxStub::bodies() const {
    return state_->locked(&State::bodies);
}

std::size_t MediaMtxStub::connections() const {
    return state_->locked(&State::ports).size();
}

int MediaMtxStub::most_at_once(const std::string& part) const {
    const std::lock_guard lock(state_->mutex);
    std::ptrdiff_t most = 0;
    for (const auto& running : state_->history) {
        most = std::max(most, std::count_if(running.begin(), running.end(), [&](const auto& title) {
                            return title.find(part) != std::string::npos;
                        }));
    }
    return static_cast<int>(most);
}

}  // namespace rescuestream::testing
