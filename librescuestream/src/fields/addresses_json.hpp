#pragma once

#include <string>

#include "json/document.hpp"
#include "rescuestream/addresses.hpp"

/// Further JSON of addresses, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

std::string write_encoder_addresses(const EncoderAddresses& encoder);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
EncoderAddresses read_encoder_addresses(const rapidjson::Value& json);
ViewerAddresses read_viewer_addresses(const rapidjson::Value& json);

}  // namespace rescuestream::fields
