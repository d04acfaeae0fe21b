#include "support/guest_secrets.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "support/ascii.hpp"
#include "support/crypto.hpp"

namespace rescuestream {
namespace {

constexpr std::size_t kCodeBytes = 16;
constexpr std::size_t kCodeLength = 22;
// A guess costs some milliseconds, so that a stolen database does not reveal PINs at once.
constexpr int kRounds = 20'000;

std::string slow_digest(std::string_view pin, std::string_view salt) {
    return to_hex(pbkdf2_sha256(pin, salt, kRounds));
}

std::string signature_of(const Secret& secret, std::string_view link, std::string_view stored_pin,
                         std::string_view until) {
    std::string message = "guest pass\n";
    message.append(link).append("\n").append(stored_pin).append("\n").append(until);
    return to_hex(hmac_sha256(secret.reveal(), message));
}

}  // namespace

Secret make_guest_code(RandomSource& random) {
    std::array<std::uint8_t, kCodeBytes> bytes{};
    random.fill(bytes);
    return Secret(base64url_encode(bytes));
}

bool looks_like_guest_code(std::string_view text) noexcept {
    return text.size() == kCodeLength && std::all_of(text.begin(), text.end(), is_base64url);
}

std::string stored_pin(const Secret& pin, RandomSource& random) {
    std::array<std::uint8_t, kCodeBytes> bytes{};
    random.fill(bytes);
    const std::string salt = to_hex(bytes);
    return salt + ":" + slow_digest(pin.reveal(), salt);
}

void set_pin(GuestLinkRow& row, std::string stored) {
    row.link.has_pin = !stored.empty();
    // What is stored has a random salt, so nobody can guess the PIN by its digest.
    row.link.pin_mark = stored.empty() ? std::string() : to_hex(sha256(stored));
    row.pin = std::move(stored);
}

bool is_pin(std::string_view stored, std::string_view given) {
    const auto colon = stored.find(':');
    if (colon == std::string_view::npos) return false;
    return constant_time_equal(slow_digest(given, stored.substr(0, colon)),
                               stored.substr(colon + 1));
}

std::string guest_pass(const Secret& secret, std::string_view link, std::string_view stored_pin,
                       Timestamp until) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count();
    const std::string time = std::to_string(seconds);
    return time + "." + signature_of(secret, link, stored_pin, time);
}

bool is_guest_pass(const Secret& secret, std::string_view link, std::string_view stored_pin,
                   std::string_view given, Timestamp now) {
    const auto dot = given.find('.');
    if (dot == std::string_view::npos) return false;
    const std::string_view time = given.substr(0, dot);
    if (!constant_time_equal(signature_of(secret, link, stored_pin, time), given.substr(dot + 1))) {
        return false;
    }
    std::int64_t seconds = 0;
    const auto read = std::from_chars(time.data(), time.data() + time.size(), seconds);
    return read.ec == std::errc{} && now < Timestamp(std::chrono::seconds(seconds));
}

}  // namespace rescuestream
