#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/guest_links.hpp"

/// The pages that a guest sees: HTML without scripts, in which texts of others are escaped. The
/// responses forbid caches, and everything that the page does not need.
namespace rescuestream::server {

/// The streams of a link, each with a player of the media server in a frame.
HttpResponse guest_page(const GuestLink& link, const std::vector<GuestStream>& streams);
/// Asks for the PIN. `message` says what was wrong with the last one; empty: nothing.
HttpResponse guest_pin_page(int status, std::string_view message);
/// Says why there is nothing to see. The same text for each link that is not valid.
HttpResponse guest_refusal_page(int status, std::string_view message);

/// Returns the text with the characters that have a meaning in HTML replaced.
std::string escape_html(std::string_view text);

}  // namespace rescuestream::server
