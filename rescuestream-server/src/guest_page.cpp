#include "guest_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rescuestream/time.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark;--back:#fff;--text:#1a1a1a;--soft:#555;--line:#ccc;"
    "--box:#f3f3f3;--bad:#a00;--link:#0645ad}"
    "@media(prefers-color-scheme:dark){:root{--back:#121212;--text:#eee;--soft:#b3b3b3;"
    "--line:#444;--box:#1e1e1e;--bad:#ff8a80;--link:#8ab4f8}}"
    "*{box-sizing:border-box}"
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:80rem;padding:1rem;"
    "background:var(--back);color:var(--text);overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;line-height:1.25;margin:.5rem 0 1rem}"
    "h2{font-size:1.1rem;margin:0 0 .25rem}"
    "main{display:grid;gap:1rem 1.5rem;align-items:start;"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))}"
    "section{margin:0 0 1rem;min-width:0}p{margin:.25rem 0 .75rem}a{color:var(--link)}"
    "iframe{display:block;width:100%;aspect-ratio:16/9;border:0;border-radius:.5rem;"
    "background:#000}"
    "summary{cursor:pointer;padding:.5rem 0;color:var(--soft)}"
    "dl{margin:0;padding:.75rem;border-radius:.5rem;background:var(--box)}"
    "dt{font-weight:600}dd{margin:0 0 .5rem}dd:last-child{margin:0}"
    "code{font-size:.85rem;user-select:all}"
    "label{display:block;margin:0 0 .25rem}"
    "input,button{font:inherit;font-size:1.1rem;padding:.6rem .75rem;border-radius:.4rem;"
    "border:1px solid var(--line)}"
    "input{width:14rem;max-width:100%;background:var(--box);color:inherit}"
    "button{cursor:pointer}footer{border-top:1px solid var(--line);padding:.75rem 0}"
    ".note{color:var(--soft)}.wrong{color:var(--bad);font-weight:600}";

// Without anything to watch, the page looks again by itself. A player would be interrupted.
constexpr int kSecondsUntilNextLook = 20;

// "https://host:8889" of "https://host:8889/live/a/"; empty for a text that is no such address.
std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    const std::string_view origin = url.substr(0, url.find('/', scheme + 3));
    // Nothing in it may end the directive of a policy.
    const bool is_plain = std::none_of(origin.begin(), origin.end(), [](char c) {
        return c <= ' ' || c == ';' || c == ',' || c == '"' || c == '\'';
    });
    return is_plain ? std::string(origin) : std::string();
}

HttpResponse page(int status, std::string_view title, const std::string& body,
                  const std::set<std::string>& frames, std::string_view head = {}) {
    std::string frame_sources;
    for (const auto& origin : frames) frame_sources += " " + origin;
    const Sha256Digest digest = sha256(kStyle);
    const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
    const std::string style = "'sha256-" + base64_encode(bytes) + "'";
    HttpResponse response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.headers.emplace_back(
        "Content-Security-Policy",
        fmt::format("default-src 'none'; style-src {}; frame-src{}; form-action 'self'; "
                    "base-uri 'none'; frame-ancestors 'none'",
                    style, frame_sources.empty() ? " 'none'" : frame_sources));
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
    response.body = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n{3}"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n"
        "</html>\n",
        escape_html(title), kStyle, body, head);
    return response;
}

std::string time_of_day(Timestamp time) {
    return format_rfc3339(time).substr(11, 5) + " UTC";
}

// A signed SRT address may be too long to be used; then it is empty.
void add_address(std::string& out, std::string_view name, const std::string& address) {
    if (address.empty()) return;
    out += fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", name, escape_html(address));
}

std::string section_of(const GuestStream& stream) {
    std::string out = fmt::format("<section>\n<h2>{}</h2>\n", escape_html(stream.name));
    if (!stream.is_live) return out + "<p class=\"note\">Not live at the moment.</p>\n</section>\n";
    out += fmt::format("<p class=\"note\">{}, live since {}</p>\n",
                       escape_html(stream.broadcaster_name),
                       stream.since ? time_of_day(*stream.since) : "");
    out += fmt::format(
        "<iframe src=\"{}\" title=\"{}\" loading=\"lazy\" allow=\"autoplay; fullscreen\" "
        "sandbox=\"allow-scripts allow-same-origin\" referrerpolicy=\"no-referrer\"></iframe>\n",
        escape_html(stream.addresses.page), escape_html(stream.name));
    out += "<details><summary>Watch with another player</summary>\n<dl>\n";
    add_address(out, "Browser, this stream alone", stream.addresses.page);
    add_address(out, "HLS", stream.addresses.hls);
    add_address(out, "RTSP (VLC: Media, Open Network Stream)", stream.addresses.rtsp);
    add_address(out, "SRT", stream.addresses.srt);
    add_address(out, "RTMP", stream.addresses.rtmp);
    return out + "</dl>\n</details>\n</section>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

HttpResponse guest_page(const GuestLink& link, const std::vector<GuestStream>& streams) {
    std::string body = "<main>\n";
    std::set<std::string> frames;
    bool is_something_live = false;
    for (const auto& stream : streams) {
        body += section_of(stream);
        is_something_live = is_something_live || stream.is_live;
        const std::string origin = stream.is_live ? origin_of(stream.addresses.page) : "";
        if (!origin.empty()) frames.insert(origin);
    }
    if (streams.empty()) body += "<p>There is nothing to watch yet.</p>\n";
    body += "</main>\n<footer>\n<p class=\"note\">";
    body += is_something_live
                ? "<a href=\"\">Reload this page</a> to see which streams have started or stopped."
                : fmt::format("This page checks for live streams every {} seconds.",
                              kSecondsUntilNextLook);
    body += "</p>\n";
    if (link.expires_at) {
        body += fmt::format("<p class=\"note\">This link is valid until {}, {}.</p>\n",
                            format_rfc3339(*link.expires_at).substr(0, 10),
                            time_of_day(*link.expires_at));
    }
    body += "</footer>\n";
    const std::string again =
        fmt::format("<meta http-equiv=\"refresh\" content=\"{}\">\n", kSecondsUntilNextLook);
    return page(200, link.label.empty() ? "Live streams" : link.label, body, frames,
                is_something_live ? std::string_view() : std::string_view(again));
}

HttpResponse guest_pin_page(int status, std::string_view message) {
    std::string body;
    if (!message.empty()) {
        body += fmt::format("<p class=\"wrong\" role=\"alert\">{}</p>\n", escape_html(message));
    }
    body +=
        "<p>Ask whoever gave you this link for its PIN.</p>\n"
        "<form method=\"post\">\n<label for=\"pin\">PIN</label>\n"
        "<input id=\"pin\" name=\"pin\" type=\"password\" autocomplete=\"off\" required autofocus "
        "maxlength=\"64\">\n<button>Watch</button>\n</form>\n";
    HttpResponse response = page(status, "Enter the PIN of this link", body, {});
    // Without a referrer, browsers send "Origin: null" with a form. Without TLS that would be all
    // that tells where the form comes from.
    response.headers.emplace_back("Referrer-Policy", "same-origin");
    return response;
}

HttpResponse guest_refusal_page(int status, std::string_view message) {
    return page(status, "Nothing to watch here", fmt::format("<p>{}</p>\n", escape_html(message)),
                {});
}

}  // namespace rescuestream::server
