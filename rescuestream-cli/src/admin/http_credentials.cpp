#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/api_credential_json.hpp"

namespace rescuestream::cli {
namespace {

WhoAmI read_who_am_i(const rapidjson::Value& json) {
    WhoAmI who;
    who.actor = read::text(json, "actor");
    who.address = read::text(json, "address");
    for (const auto& name : read::texts(json, "scopes")) {
        if (const auto scope = parse_enum<Scope>(name)) who.scopes.add(*scope);
    }
    const auto* credential = read::find(json, "credential");
    if (credential != nullptr) who.credential = fields::read_api_credential(*credential);
    return who;
}

class HttpCredentials final : public CredentialApi {
public:
    explicit HttpCredentials(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<CreatedApiCredential> create_credential(const NewApiCredential& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/credentials", "", fields::to_body(input)),
            fields::read_created_api_credential);
    }

    Result<std::vector<ApiCredential>> list_credentials() override {
        auto page = messages::parse_list(caller_->call("GET", "/credentials"), "credentials",
                                         fields::read_api_credential);
        if (!page) return std::move(page).error();
        return std::move(page->items);
    }

    Result<ApiCredential> find_credential(const ApiCredentialId& id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("credentials", id)),
                                      fields::read_api_credential);
    }

    Result<ApiCredential> update_credential(const ApiCredentialId& id,
                                            const ApiCredentialPatch& patch) override {
        return messages::parse_answer(
            caller_->change(messages::item("credentials", id), fields::to_body(patch)),
            fields::read_api_credential);
    }

    Result<CreatedApiCredential> rotate_credential(const ApiCredentialId& id,
                                                   std::chrono::seconds overlap) override {
        const std::string body = json::object([&](json::Writer& writer) {
            json::integer_member(writer, "overlap_seconds", overlap.count());
        });
        return messages::parse_answer(
            caller_->call("POST", messages::item("credentials", id, "rotate"), "", body),
            fields::read_created_api_credential);
    }

    Result<ApiCredential> revoke_credential(const ApiCredentialId& id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("credentials", id, "revoke")),
            fields::read_api_credential);
    }

    Result<void> delete_credential(const ApiCredentialId& id) override {
        const auto reply = caller_->call("DELETE", messages::item("credentials", id));
        if (!reply) return reply.error();
        return {};
    }

    Result<WhoAmI> who_am_i() override {
        return messages::parse_answer(caller_->call("GET", "/whoami"), read_who_am_i);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<CredentialApi> make_http_credentials(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpCredentials>(std::move(caller));
}

}  // namespace rescuestream::cli
