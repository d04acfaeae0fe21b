#include "routes/watch.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "guest_page.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "query_reader.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "settings/settings.hpp"
#include "support/guest_secrets.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kPassCookie = "rescuestream_guest=";
constexpr int kForTwelveHours = 12 * 3'600;

HttpResponse no_such_link() {
    return guest_refusal_page(
        404, "This link is not valid, or not any more. Ask whoever gave it to you for a new one.");
}

// Guests have no name. The code is not recorded.
Caller guest_at(const HttpRequest& request) {
    return {"guest", request.method, std::string(kGuestPath) + "***", request.remote_address,
            request.request_id};
}

// Returns the value of the cookie; empty: there is none, or several.
std::string pass_in(const HttpRequest& request) {
    const auto header = request.header("cookie");
    if (!header) return {};
    std::string found;
    std::string_view rest = *header;
    while (!rest.empty()) {
        const auto end = rest.find(';');
        std::string_view cookie = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        while (cookie.starts_with(' ')) cookie.remove_prefix(1);
        if (!cookie.starts_with(kPassCookie)) continue;
        if (!found.empty()) return {};
        found = cookie.substr(kPassCookie.size());
    }
    return found;
}

// A browser tells where a form comes from. Another program need not. A proxy may have changed the
// host, so the public address counts, too.
bool is_from_other_site(const HttpRequest& request, std::string_view public_url) {
    const auto site = request.header("sec-fetch-site");
    if (site) return *site != "same-origin" && *site != "none";
    const auto origin = request.header("origin");
    if (!origin) return false;
    if (public_url.starts_with(*origin)) {
        const auto path = public_url.substr(origin->size());
        if (path.empty() || path.front() == '/') return false;
    }
    const auto host = request.header("host");
    const auto scheme = origin->find("://");
    return !host || scheme == std::string::npos || origin->substr(scheme + 3) != *host;
}

HttpResponse watch_page(const Context& context, const HttpRequest& request,
                        const GuestLinkRow& row) {
    const auto streams = context.orchestrator.guest_streams(row, guest_at(request));
    if (streams) return guest_page(row.link, *streams);
    if (streams.error().code == ErrorCode::kNotFound) return no_such_link();
    if (streams.error().code == ErrorCode::kConflict) {
        return guest_refusal_page(403,
                                  "This link is already used from as many places as it may be.");
    }
    return problem(request, streams.error());
}

std::string pass_cookie(const Context& context, const HttpRequest& request,
                        const std::string& pass) {
    const bool is_encrypted = !context.settings.tls_certificate.empty() ||
                              context.settings.orchestrator.public_url.starts_with("https://");
    return fmt::format("{}{}; Path={}{}; Max-Age={}; HttpOnly; SameSite=Strict{}", kPassCookie,
                       pass, kGuestPath, request.path_segments.at(0), kForTwelveHours,
                       is_encrypted ? "; Secure" : "");
}

// Returns how long to wait before the next PIN is examined. Guesses are limited for each network,
// and all attempts for each link, because an attacker may have many networks.
std::optional<std::chrono::seconds> pin_refusal(const Context& context, const Trial& trial,
                                                const GuestLink& link) {
    if (context.protection == nullptr) return std::nullopt;
    if (const auto wait = trial.refusal()) return wait;
    const auto outcome = context.protection->pins_of_link.take(link.id.to_string(),
                                                               std::chrono::steady_clock::now());
    return outcome.allowed ? std::nullopt : std::optional(outcome.reset);
}

// Every wrong PIN is counted as a refused attempt. In the audit log they are recorded as refused
// calls are: the 1st, 10th, 100th … from a network.
void note_wrong_pin(const Context& context, const HttpRequest& request, const GuestLink& link) {
    RefusedQuestion question;
    question.attempt.action = RefusedAction::kRead;
    question.attempt.remote_address = request.remote_address;
    question.attempt.path = guest_link_path(link.id);
    question.attempt.reason = "wrong_pin";
    question.attempt.user_agent = std::string(request.header("user-agent").value_or(""));
    context.orchestrator.note_refusal(std::move(question));
    if (context.protection == nullptr) return;
    const auto verdict = context.protection->refused_calls.note(
        "pin", request.remote_address, std::string(kGuestPath) + link.id.to_string(),
        std::chrono::steady_clock::now());
    if (!verdict.is_told) return;
    context.orchestrator.note_refused_call(
        guest_at(request), "The PIN for the guest link " + link.id.to_string() + " was wrong.",
        verdict.times);
}

}  // namespace

HttpResponse show_guest_page(const Context& context, const HttpRequest& request) {
    const auto row = context.orchestrator.find_open_guest_link(Secret(request.path_segments.at(0)));
    if (!row && row.error().code == ErrorCode::kNotFound) return no_such_link();
    if (!row) return problem(request, row.error());
    if (!context.orchestrator.has_guest_pass(*row, pass_in(request)))
        return guest_pin_page(200, "");
    return watch_page(context, request, *row);
}

HttpResponse take_guest_pin(const Context& context, const HttpRequest& request) {
    const auto row = context.orchestrator.find_open_guest_link(Secret(request.path_segments.at(0)));
    if (!row && row.error().code == ErrorCode::kNotFound) return no_such_link();
    if (!row) return problem(request, row.error());
    if (is_from_other_site(request, context.settings.orchestrator.public_url)) {
        return guest_refusal_page(403, "The PIN must be entered on the page of this link.");
    }
    HttpRequest form;
    form.query = request.body;
    QueryReader fields(form);
    const std::string pin = fields.text("pin").value_or("");
    if (row->pin.empty() || fields.error()) return guest_pin_page(400, "Enter the PIN.");

    const Trial trial(context.protection != nullptr ? &context.protection->guest_pins : nullptr,
                      request.remote_address, row->link.id.to_string() + "\n" + pin);
    if (const auto wait = pin_refusal(context, trial, row->link)) {
        auto response = guest_pin_page(
            429, fmt::format("Too many wrong PINs. Try again in {} seconds.", wait->count()));
        response.headers.emplace_back("Retry-After", std::to_string(wait->count()));
        return response;
    }
    const bool is_right = is_pin(row->pin, pin);
    trial.was(is_right);
    if (!is_right) {
        note_wrong_pin(context, request, row->link);
        return guest_pin_page(401, "This PIN is wrong.");
    }
    HttpResponse response = guest_refusal_page(303, "The PIN is right.");
    response.headers.emplace_back("Location",
                                  std::string(kGuestPath) + request.path_segments.at(0));
    response.headers.emplace_back(
        "Set-Cookie", pass_cookie(context, request, context.orchestrator.make_guest_pass(*row)));
    return response;
}

}  // namespace rescuestream::server
