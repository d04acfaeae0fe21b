#pragma once

#include <string>

#include "json/body_reader.hpp"
#include "json/document.hpp"
#include "json/writer.hpp"
#include "rescuestream/incidents.hpp"

/// Further JSON of incidents, in addition to rescuestream/json.hpp.
namespace rescuestream::fields {

/// Reads the input of a caller and adds its errors to `body`.
NewIncident read_new_incident(json::BodyReader& body);
IncidentPatch read_incident_patch(json::BodyReader& body);
IncidentAssignment read_incident_assignment(json::BodyReader& body);

/// Returns the same input as the body of a request.
std::string to_body(const NewIncident& input);
std::string to_body(const IncidentPatch& patch);
std::string to_body(const IncidentAssignment& given);

/// Writes and reads the two lists as members of another object. `read_assignment` throws
/// json::BadValue.
void write_assignment(json::Writer& writer, const IncidentAssignment& assigned);
IncidentAssignment read_assignment(const rapidjson::Value& json);

/// The same for `public_paths`, which is left out when there are none.
void write_public_paths(json::Writer& writer, const std::vector<std::string>& paths);
std::vector<std::string> read_public_paths(const rapidjson::Value& json);

/// Reads what `to_body` wrote. Throws json::BadValue.
IncidentAssignment read_stored_assignment(const std::string& text);

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
Incident read_incident(const rapidjson::Value& json);
IncidentDetails read_incident_details(const rapidjson::Value& json);

}  // namespace rescuestream::fields
