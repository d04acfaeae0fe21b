#pragma once

#include <optional>
#include <string_view>

#include "rescuestream/ids.hpp"

namespace rescuestream {
struct PublishRequest;
}

namespace rescuestream::server {

struct Context;
struct Question;

/// Notes that a publisher was refused: the attempt is counted (GET /refusals), and some of the
/// refusals are logged (RefusalLog). `reason` is one of explain_refusal; `key` is nil if the
/// request had no existing key.
/// `holder`: the other key that has the shared path, if the refusal is because of it.
void note_refused(const Context& context, const PublishRequest& publisher, std::string_view reason,
                  StreamKeyId key, const std::optional<StreamKeyId>& holder = std::nullopt);
/// Does the same for a reader. `has_token`: the request has what may be a playback token.
void note_refused_reader(const Context& context, const Question& question, std::string_view node,
                         std::string_view reason, bool has_token);
/// Logs some refusals of programs that asked for one of the media server's own interfaces.
void log_refused_program(const Context& context, const Question& question, std::string_view reason);
/// Notes that a client was accepted: an RTSP client has asked without a credential before.
void note_accepted(const Context& context, const Question& question);

}  // namespace rescuestream::server
