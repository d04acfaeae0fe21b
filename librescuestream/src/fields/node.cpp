#include "fields/node.hpp"

#include "fields/addresses.hpp"

namespace rescuestream::fields {
namespace {

struct AssignMember : Assign {
    using Assign::operator();
    void operator()(const Field& /*field*/, PublicAddresses& addresses,
                    const AddressPatch& given) const {
        addresses = changed_addresses(std::move(addresses), given);
    }
};

}  // namespace

void apply(const NodePatch& patch, Node& node) {
    for_each_pair(node, patch, AssignMember{});
}

}  // namespace rescuestream::fields
