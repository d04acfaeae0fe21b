#include "support/private_networks.hpp"

namespace rescuestream {

// Not 100.64.0.0/10, which a carrier's customers share.
// Source: RFC 1918, RFC 3927, RFC 4193, RFC 4291.
std::vector<AddressRange> private_networks() {
    std::vector<AddressRange> ranges;
    for (const char* text : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
                             "fc00::/7", "fe80::/10"}) {
        ranges.push_back(AddressRange::parse(text).value());
    }
    return ranges;
}

}  // namespace rescuestream
