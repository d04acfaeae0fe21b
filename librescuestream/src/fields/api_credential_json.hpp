#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "rescuestream/api_credentials.hpp"

namespace rescuestream::fields {

NewApiCredential read_new_api_credential(json::BodyReader& body, Timestamp now);
ApiCredentialPatch read_api_credential_patch(json::BodyReader& body, Timestamp now);
/// The bodies that these functions read.
std::string to_body(const NewApiCredential& input);
std::string to_body(const ApiCredentialPatch& patch);

/// Reads what to_json has written. Throws BadValue.
ApiCredential read_api_credential(const rapidjson::Value& json);
CreatedApiCredential read_created_api_credential(const rapidjson::Value& json);

}  // namespace rescuestream::fields
