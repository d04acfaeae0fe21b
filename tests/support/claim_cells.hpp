#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// One combination of the values that decide who gets a key: its claim, its policy and the request.
struct ClaimCell {
    std::string name;  ///< For the message of a test that fails.
    std::optional<Claim> held;
    StreamKeyPolicies policies;
    ClaimRequest request;  ///< Its digest and path are set by the test.
};

/// All combinations of the values at which a rule about claims changes its answer. `now` is the
/// time of the requests.
std::vector<ClaimCell> claim_cells(Timestamp now);

}  // namespace rescuestream::testing
