#include "rescuestream/refused_attempts.hpp"

#include <array>
#include <utility>

namespace rescuestream {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 35> kExplanations{{
    {"unknown_key",
     "No stream key has this value, or its broadcaster was deleted. Check the value that the "
     "encoder sends, or create a key."},
    {"revoked", "The key was revoked permanently. Create a new one."},
    {"expired",
     "The key has expired. Give it a later end (rescuestream-cli key edit KEY --expires 8h), or "
     "create a new one."},
    {"disabled", "The key, or its broadcaster, is disabled. Enable it."},
    {"blocked",
     "The key's stream was stopped, and its publishers are refused for a time: the key's "
     "blocked_until says how long (rescuestream-cli key show KEY). Then it is valid again."},
    {"wrong_path",
     "The key is valid, but the path is not its own: publish to the key's playback_path."},
    {"address_not_allowed",
     "The key is valid, but may not be used from this address: the key's allowed_addresses list "
     "the permitted ones."},
    {"protocol_not_allowed",
     "The key is valid, but may not be used over this protocol: the key's protocols list the "
     "permitted ones."},
    {"not_yet_valid",
     "The key is not valid yet: the key's not_before says from when on it is. Wait until then, or "
     "remove that limit (rescuestream-cli key edit KEY --reset not_before)."},
    {"foreign_connection",
     "The id of the connection belongs to a publisher with another key. A media server gives each "
     "connection its own id, so this request does not come from a media server."},
    {"path_in_use",
     "Several keys share this path, and another one has it: its encoder is live or was just let "
     "in, "
     "and its priority is higher, or the same (ON_DUPLICATE). This encoder is let in when that one "
     "is gone, or has sent nothing for STALE_AFTER: rescuestream-cli key show KEY says who shares "
     "the path."},
    {"in_use",
     "Another encoder publishes with this key: rescuestream-cli stream show PATH says which. It "
     "must stop first, or the key must permit a takeover (key edit KEY --on-duplicate takeover)."},
    {"no_credential",
     "The request contains no stream key. Send it as the password, as the token, or in the "
     "address: "
     "?pass=KEY (RTMP), streamid=publish:PATH:x:KEY (SRT), rtsp://x:KEY@… (RTSP, whose clients "
     "usually send a first request without a key), or the header Authorization: Bearer KEY "
     "(WHIP)."},
    {"invalid_path", "The media server does not accept this path name."},
    {"path_keys_denied",
     "This installation refuses the key value as the path (LEGACY_PATH_KEYS=deny), because viewers "
     "would see it. Publish to the key's playback_path and send the key as password."},
    {"unknown_node",
     "The address to which the media server sends its requests names a node that is not "
     "registered: see GET /nodes."},
    {"node_draining",
     "The media server accepts no new publishers at present: publish to another one."},
    {"helper_not_local",
     "The credential of the media server's helpers is only accepted from the media server's own "
     "machine: publish to 127.0.0.1."},
    {"helper_path",
     "Helpers of the media server may not publish to this path: HELPER_PATHS does not contain it, "
     "or it belongs to a stream key."},
    {"key_misplaced",
     "The stream key is in a place where none is read: give it as password (any user name), as "
     "Bearer token, or in the query as pass=, token=, key= or jwt=."},
    {"secret_path",
     "This path is a stream key, which viewers may not use: watch the key's playback_path."},
    {"token_required",
     "This path may only be watched with a playback token (POST /playback-tokens, or "
     "rescuestream-cli playback token PATH): send it as password with any user name, or in the "
     "address as ?jwt=TOKEN."},
    {"too_many_tokens", "The request contains more playback tokens than are examined: send one."},
    {"token_invalid",
     "The playback token is damaged, was not made by this installation or with one of its playback "
     "keys (GET /playback-keys), or opens a path that its key may not open."},
    {"token_revoked", "The playback token was revoked, by its id, viewer id, path or origin."},
    {"token_expired", "The playback token has expired. Make a new one."},
    {"token_not_yet_valid",
     "The playback token is not valid yet, by its nbf or iat. If it should be, compare the "
     "clocks."},
    {"token_wrong_path",
     "The playback token is valid, but not for this path: its paths are exact names."},
    {"token_wrong_address", "The playback token is valid, but may not be used from this address."},
    {"token_wrong_protocol", "The playback token is valid, but may not be used by this protocol."},
    {"token_in_use", "As many viewers as the playback token permits are watching already."},
    {"viewers_full", "As many viewers as are permitted there are watching already."},
    {"wrong_pin",
     "A guest entered a wrong PIN on the page of a guest link. Tell the PIN again, or make another "
     "one (rescuestream-cli guest edit GUEST --pin)."},
    {"too_many_guesses",
     "Too many different wrong credentials came from this address, so this one was not checked. "
     "Correct the encoder and wait a minute (WRONG_KEYS_PER_MINUTE)."},
    {"no_decision",
     "The database did not answer in time, so nobody could be let in. See the health of the "
     "server; encoders that retry are let in when it answers again."},
}};

// Replaces `placeholder` behind `command` by `value`.
void fill_in(std::string& text, std::string_view command, std::string_view placeholder,
             const std::string& value) {
    if (value.empty()) return;
    const auto begin = text.find(std::string(command) + std::string(placeholder));
    if (begin != std::string::npos) {
        text.replace(begin + command.size(), placeholder.size(), value);
    }
}

}  // namespace

std::string_view explain_refusal(std::string_view reason) noexcept {
    for (const auto& [name, explanation] : kExplanations) {
        if (name == reason) return explanation;
    }
    return {};
}

std::vector<std::string> explained_refusals() {
    std::vector<std::string> reasons;
    reasons.reserve(std::size(kExplanations));
    for (const auto& [name, explanation] : kExplanations) reasons.emplace_back(name);
    return reasons;
}

namespace {

// MediaMTX joins the fields "server" and "stream key" of an encoder with a slash.
std::string_view hint_about_slashes(const RefusedAttempt& attempt) {
    const auto& path = attempt.path;
    const bool has_more = path.ends_with('/') || path.find("//") != std::string::npos;
    if (!has_more || attempt.action != RefusedAction::kPublish) return {};
    return " The path has a slash too many: neither the server address nor the stream name in the "
           "encoder may end with one.";
}

std::string explain_reason(const RefusedAttempt& attempt) {
    if (attempt.reason == "wrong_path" && attempt.playback_path) {
        return "The key is valid, but the path is not its own: publish to " +
               *attempt.playback_path + ".";
    }
    if (attempt.reason == "path_in_use" && attempt.holder_key_id) {
        const bool has_name = attempt.holder_label && !attempt.holder_label->empty();
        return "Several keys share the path " + attempt.playback_path.value_or(attempt.path) +
               ", and the key " +
               (has_name ? "\"" + *attempt.holder_label + "\" (" +
                               attempt.holder_key_id->to_string() + ")"
                         : attempt.holder_key_id->to_string()) +
               " had it: its encoder was live or had just been let in, and its priority is higher, "
               "or the same (ON_DUPLICATE). This encoder is let in when that one is gone, or has "
               "sent nothing for STALE_AFTER.";
    }
    std::string text(explain_refusal(attempt.reason));
    // Commands that can be copied as they are.
    if (attempt.playback_path) {
        fill_in(text, "key edit ", "KEY", *attempt.playback_path);
        fill_in(text, "key show ", "KEY", *attempt.playback_path);
        fill_in(text, "stream show ", "PATH", *attempt.playback_path);
    }
    constexpr std::string_view kGuestPage = "watch/";
    if (attempt.path.starts_with(kGuestPage)) {
        fill_in(text, "guest edit ", "GUEST", attempt.path.substr(kGuestPage.size()));
    }
    fill_in(text, "playback token ", "PATH", attempt.path);
    return text;
}

}  // namespace

std::string explain_refusal(const RefusedAttempt& attempt) {
    return explain_reason(attempt) + std::string(hint_about_slashes(attempt));
}

std::string_view to_string(RefusedAction value) noexcept {
    return value == RefusedAction::kRead ? "read" : "publish";
}

template <>
std::optional<RefusedAction> parse_enum(std::string_view name) noexcept {
    if (name == "publish") return RefusedAction::kPublish;
    if (name == "read") return RefusedAction::kRead;
    return std::nullopt;
}

}  // namespace rescuestream
