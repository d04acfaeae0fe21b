#pragma once

#include "json/document.hpp"
#include "rescuestream/figures.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/streams.hpp"

namespace rescuestream::fields {

/// Reads an object of the HTTP contract, as `to_json` writes it, from a response of a server.
/// Unknown members are ignored. Throws json::BadValue (json/values.hpp).
Stream read_stream(const rapidjson::Value& json);
ListedStream read_listed_stream(const rapidjson::Value& json);
StreamFigures read_figures(const rapidjson::Value& json);
StreamTransition read_transition(const rapidjson::Value& json);

}  // namespace rescuestream::fields
