#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rescuestream/secret.hpp"
#include "support/key_form.hpp"

namespace rescuestream {

/// Returns `rsm_NODE.MAC`, the secret with which the media server of a node calls the media-facing
/// routes. It is derived from the control secret, so that every server knows it, and opens nothing
/// else. Empty if the control secret is empty.
Secret media_secret_of(const Secret& control_secret, std::string_view node);

/// Returns the node whose secret `given` is; empty: it is none. The comparison takes the same time
/// for every text.
std::optional<std::string> node_of_media_secret(const Secret& control_secret,
                                                std::string_view given);

}  // namespace rescuestream
