#pragma once

#include "router.hpp"

namespace rescuestream::server {

HttpResponse mint_playback_token(const Context& context, const HttpRequest& request);
HttpResponse revoke_playback_tokens(const Context& context, const HttpRequest& request);
HttpResponse list_playback_keys(const Context& context, const HttpRequest& request);
HttpResponse import_playback_key(const Context& context, const HttpRequest& request);
HttpResponse rotate_playback_key(const Context& context, const HttpRequest& request);
HttpResponse delete_playback_key(const Context& context, const HttpRequest& request);
HttpResponse show_jwks(const Context& context, const HttpRequest& request);

}  // namespace rescuestream::server
