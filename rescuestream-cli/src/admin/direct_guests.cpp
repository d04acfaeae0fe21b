#include <utility>

#include "admin/direct_roles.hpp"
#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {
namespace {

class DirectGuests final : public GuestApi {
public:
    explicit DirectGuests(DirectAccess access) : access_(std::move(access)) {}

    Result<CreatedGuestLink> create_guest_link(const NewGuestLink& input) override {
        return access_.orchestrator->create_guest_link(input, access_.caller);
    }

    Result<GuestLink> find_guest_link(GuestLinkId id) override {
        return access_.orchestrator->find_guest_link(id);
    }

    Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                             const PageRequest& page) override {
        return access_.orchestrator->list_guest_links(filter, page);
    }

    Result<GuestLink> update_guest_link(GuestLinkId id, const GuestLinkPatch& patch) override {
        return access_.orchestrator->update_guest_link(id, patch, access_.caller);
    }

    Result<GuestLink> close_guest_link(GuestLinkId id) override {
        return access_.orchestrator->close_guest_link(id, access_.caller);
    }

private:
    DirectAccess access_;
};

}  // namespace

std::unique_ptr<GuestApi> make_direct_guests(DirectAccess access) {
    return std::make_unique<DirectGuests>(std::move(access));
}

}  // namespace rescuestream::cli
