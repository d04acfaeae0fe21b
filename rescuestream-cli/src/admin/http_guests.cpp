#include "admin/http_messages.hpp"
#include "admin/http_roles.hpp"
#include "fields/guest_link_json.hpp"

namespace rescuestream::cli {
namespace {

class HttpGuests final : public GuestApi {
public:
    explicit HttpGuests(std::shared_ptr<HttpCaller> caller) : caller_(std::move(caller)) {}

    Result<CreatedGuestLink> create_guest_link(const NewGuestLink& input) override {
        return messages::parse_answer(
            caller_->call("POST", "/guest-links", "", fields::to_body(input)),
            fields::read_created_guest_link);
    }

    Result<GuestLink> find_guest_link(GuestLinkId id) override {
        return messages::parse_answer(caller_->call("GET", messages::item("guest-links", id)),
                                      fields::read_guest_link);
    }

    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                             const PageRequest& page) override {
        messages::Query query;
        query.add("incident_id", filter.incident_id);
        query.add("label", filter.label);
        if (filter.open) query.add("status", std::string_view(*filter.open ? "open" : "closed"));
        query.add(page);
        return messages::parse_list(caller_->call("GET", "/guest-links", query.text()),
                                    "guest_links", fields::read_guest_link);
    }

    Result<GuestLink> update_guest_link(GuestLinkId id, const GuestLinkPatch& patch) override {
        return messages::parse_answer(
            caller_->call("PATCH", messages::item("guest-links", id), "", fields::to_body(patch)),
            fields::read_guest_link);
    }

    Result<GuestLink> close_guest_link(GuestLinkId id) override {
        return messages::parse_answer(
            caller_->call("POST", messages::item("guest-links", id, "close")),
            fields::read_guest_link);
    }

private:
    std::shared_ptr<HttpCaller> caller_;
};

}  // namespace

std::unique_ptr<GuestApi> make_http_guests(std::shared_ptr<HttpCaller> caller) {
    return std::make_unique<HttpGuests>(std::move(caller));
}

}  // namespace rescuestream::cli
