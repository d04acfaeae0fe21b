#pragma once

/// The JSON of the HTTP contract (rescuestream-server/openapi.yaml), compact, UTF-8: one header for
/// each record.

#include "rescuestream/json/addresses_json.hpp"
#include "rescuestream/json/api_credential_json.hpp"
#include "rescuestream/json/audit_json.hpp"
#include "rescuestream/json/broadcaster_json.hpp"
#include "rescuestream/json/cutoff_json.hpp"
#include "rescuestream/json/guest_link_json.hpp"
#include "rescuestream/json/health_json.hpp"
#include "rescuestream/json/incident_json.hpp"
#include "rescuestream/json/incident_markdown.hpp"
#include "rescuestream/json/node_json.hpp"
#include "rescuestream/json/playback_json.hpp"
#include "rescuestream/json/refused_attempt_json.hpp"
#include "rescuestream/json/stream_json.hpp"
#include "rescuestream/json/stream_key_json.hpp"
#include "rescuestream/json/text.hpp"
#include "rescuestream/json/viewer_json.hpp"
