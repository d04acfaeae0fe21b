#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/node_json.hpp"

namespace rescuestream::cli {
namespace {

std::string path_of(const std::string& name) {
    return "/nodes/" + percent_encode(name);
}

class HttpNodes final : public NodeApi {
public:
    explicit HttpNodes(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<std::vector<NodeStatus>> list_nodes() override {
        auto page =
            messages::parse_list(caller_->call("GET", "/nodes"), "nodes", fields::read_node);
        if (!page) return std::move(page).error();
        return std::move(page->items);
    }

    Result<NodeStatus> find_node(const std::string& name) override {
        return messages::parse_answer(caller_->call("GET", path_of(name)), fields::read_node);
    }

    Result<NodeStatus> create_node(const NewNode& input) override {
        return messages::parse_answer(caller_->call("POST", "/nodes", "", fields::to_body(input)),
                                      fields::read_node);
    }

    Result<NodeStatus> update_node(const std::string& name, const NodePatch& patch) override {
        return messages::parse_answer(caller_->change(path_of(name), fields::to_body(patch)),
                                      fields::read_node);
    }

    Result<NodeStatus> enforce_node(const std::string& name) override {
        return messages::parse_answer(caller_->call("POST", path_of(name) + "/enforce"),
                                      fields::read_node);
    }

    Result<void> delete_node(const std::string& name) override {
        const auto reply = caller_->call("DELETE", path_of(name));
        if (!reply) return reply.error();
        return {};
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<NodeApi> make_http_nodes(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpNodes>(std::move(caller));
}

}  // namespace rescuestream::cli
