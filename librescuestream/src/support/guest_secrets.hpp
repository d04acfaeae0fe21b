#pragma once

#include <string>
#include <string_view>

#include "rescuestream/guest_links.hpp"
#include "rescuestream/random_source.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/time.hpp"

/// The secrets of guest links: the code in the address, the PIN, and the pass of who has given it.
namespace rescuestream {

/// Returns 22 characters of the base64url alphabet, which encode 16 random bytes.
Secret make_guest_code(RandomSource& random);
bool looks_like_guest_code(std::string_view text) noexcept;

/// Returns what is stored of a PIN: a random salt, and a slow digest of both.
std::string stored_pin(const Secret& pin, RandomSource& random);
/// Gives the link the PIN of which `stored` is stored. Empty: none.
void set_pin(GuestLinkRow& row, std::string stored);
/// Compares in constant time. False also for a text that `stored_pin` did not return.
bool is_pin(std::string_view stored, std::string_view given);

/// Returns a text that proves until `until` that its owner has given the PIN of a link. It is only
/// valid in the installation with this `secret`, for the link with this id, and as long as the link
/// has this PIN.
std::string guest_pass(const Secret& secret, std::string_view link, std::string_view stored_pin,
                       Timestamp until);
bool is_guest_pass(const Secret& secret, std::string_view link, std::string_view stored_pin,
                   std::string_view given, Timestamp now);

}  // namespace rescuestream
