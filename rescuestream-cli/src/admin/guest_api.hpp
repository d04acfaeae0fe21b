#pragma once

#include "rescuestream/guest_links.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// The operations on guest links; see AdminApi.
class GuestApi {
public:
    virtual ~GuestApi() = default;

    virtual Result<CreatedGuestLink> create_guest_link(const NewGuestLink& input) = 0;
    virtual Result<GuestLink> find_guest_link(GuestLinkId id) = 0;
    virtual Result<Page<GuestLink>> list_guest_links(const GuestLinkFilter& filter,
                                                     const PageRequest& page) = 0;
    virtual Result<GuestLink> update_guest_link(GuestLinkId id, const GuestLinkPatch& patch) = 0;
    virtual Result<GuestLink> close_guest_link(GuestLinkId id) = 0;
};

}  // namespace rescuestream::cli
