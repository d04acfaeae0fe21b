#include "guest_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rescuestream/time.hpp"
#include "support/crypto.hpp"

namespace rescuestream::server {
namespace {

constexpr std::string_view kStyle =
    "body{font-family:system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;"
    "background:#fff;color:#111}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}"
    "iframe{width:100%;aspect-ratio:16/9;border:0;background:#000}"
    "code{overflow-wrap:anywhere}input,button{font-size:1.1rem;padding:.4rem}"
    ".note{color:#444}.wrong{color:#a00}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}.note{color:#bbb}"
    ".wrong{color:#f88}a{color:#8cf}}";

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
                  const std::set<std::string>& frames) {
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
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n"
        "</html>\n",
        escape_html(title), kStyle, body);
    return response;
}

std::string time_of_day(Timestamp time) {
    return format_rfc3339(time).substr(11, 8) + " UTC";
}

// A signed SRT address may be too long to be used; then it is empty.
void add_address(std::string& out, std::string_view name, const std::string& address) {
    if (address.empty()) return;
    out += fmt::format("<li>{}: <code>{}</code></li>\n", name, escape_html(address));
}

std::string section_of(const GuestStream& stream) {
    std::string out = fmt::format("<section>\n<h2>{}</h2>\n", escape_html(stream.name));
    if (!stream.is_live) return out + "<p class=\"note\">Not on air.</p>\n</section>\n";
    out += fmt::format("<p class=\"note\">{} · on air since {}</p>\n",
                       escape_html(stream.broadcaster_name),
                       stream.since ? time_of_day(*stream.since) : "");
    out += fmt::format(
        "<iframe src=\"{}\" title=\"{}\" loading=\"lazy\" allow=\"autoplay; fullscreen\" "
        "sandbox=\"allow-scripts allow-same-origin\" referrerpolicy=\"no-referrer\"></iframe>\n",
        escape_html(stream.addresses.page), escape_html(stream.name));
    out += "<details><summary>Addresses for players</summary>\n<ul>\n";
    add_address(out, "Browser", stream.addresses.page);
    add_address(out, "HLS", stream.addresses.hls);
    add_address(out, "RTSP", stream.addresses.rtsp);
    add_address(out, "SRT", stream.addresses.srt);
    add_address(out, "RTMP", stream.addresses.rtmp);
    return out + "</ul>\n</details>\n</section>\n";
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
    std::string body;
    std::set<std::string> frames;
    for (const auto& stream : streams) {
        body += section_of(stream);
        const std::string origin = stream.is_live ? origin_of(stream.addresses.page) : "";
        if (!origin.empty()) frames.insert(origin);
    }
    if (streams.empty()) body += "<p>There is nothing to watch yet.</p>\n";
    body +=
        "<p class=\"note\"><a href=\"\">Reload the page</a> to see what has begun or ended since."
        "</p>\n";
    if (link.expires_at) {
        body += fmt::format("<p class=\"note\">This link is valid until {} {}.</p>\n",
                            format_rfc3339(*link.expires_at).substr(0, 10),
                            time_of_day(*link.expires_at));
    }
    return page(200, link.label.empty() ? "Live streams" : link.label, body, frames);
}

HttpResponse guest_pin_page(int status, std::string_view message) {
    std::string body;
    if (!message.empty()) {
        body += fmt::format("<p class=\"wrong\" role=\"alert\">{}</p>\n", escape_html(message));
    }
    body +=
        "<form method=\"post\">\n<p><label>PIN <input name=\"pin\" type=\"password\" "
        "autocomplete=\"off\" required autofocus maxlength=\"64\"></label> "
        "<button>Watch</button></p>\n</form>\n";
    HttpResponse response = page(status, "This link needs a PIN", body, {});
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
