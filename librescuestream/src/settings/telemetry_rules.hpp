#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "settings/text_rules.hpp"

/// Rules for settings of OpenTelemetry.
namespace rescuestream::settings {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

/// Reads `name=value,name=value` with percent-encoded values. Blanks around names and values are
/// dropped. Empty: an element is malformed. Source: W3C Baggage, without properties.
std::optional<NamedValues> parse_named_values(std::string_view text);

/// An http or https address without a credential, query and fragment.
extern const TextRule kOtlpEndpoint;
/// For parse_named_values.
extern const TextRule kAttributeList;
/// The same; the names and values can be those of HTTP headers.
extern const TextRule kHeaderList;

/// Returns whether `endpoint` has the port at which collectors usually expect gRPC.
bool has_grpc_port(const std::string& endpoint);

}  // namespace rescuestream::settings
