#include "fields/addresses.hpp"

namespace rescuestream::fields {

PublicAddresses changed_addresses(PublicAddresses addresses, const AddressPatch& patch) {
    for_each_pair(addresses, patch, Assign{});
    if (!patch.webrtc) return addresses;
    auto derived = derive_public_addresses(*patch.webrtc);
    if (!derived) return addresses;
    AddressPatch others = patch;
    others.webrtc.reset();
    for_each_pair(*derived, others, Assign{});
    return *std::move(derived);
}

}  // namespace rescuestream::fields
