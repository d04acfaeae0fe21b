#include "network_settings.hpp"

#include "setting_readers.hpp"

namespace rescuestream::server {
namespace {

using std::string;

template <class List, class Text>
string joined(const List& list, Text text) {
    string all;
    for (const auto& one : list) all += (all.empty() ? "" : ",") + text(one);
    return all;
}

}  // namespace

std::vector<SettingRow> network_setting_rows() {
    return {
        {"API_HOST", "0.0.0.0", "Address to listen on; 127.0.0.1 keeps it on this machine.", false,
         [](const string& t, Settings& s) { return readers::listen_host(t, s.api_host); },
         [](const Settings& s) { return s.api_host; }},
        {"API_PORT", "8080", "Port of the HTTP interface; 0 takes any free one.", false,
         [](const string& t, Settings& s) { return readers::port(t, s.api_port); },
         [](const Settings& s) { return std::to_string(s.api_port); }},
        {"MEDIA_LISTEN", "none",
         "A second address for MediaMTX alone (/auth, /webhook/*), with a thread of its own: "
         "HOST:PORT, PORT (of this machine) or unix:PATH. API_PORT serves them too.",
         false,
         [](const string& t, Settings& s) { return readers::listen_place(t, s.media_listen); },
         [](const Settings& s) {
             return s.media_listen.host.empty() ? string() : s.media_listen.text();
         }},
        {"TLS_CERTIFICATE", "none",
         "File with the certificate chain (PEM): API_PORT speaks HTTPS. Read again when it "
         "changes.",
         false,
         [](const string& t, Settings& s) { return readers::not_empty(t, s.tls_certificate); },
         [](const Settings& s) { return s.tls_certificate; }},
        {"TLS_KEY", "none", "File with the certificate's private key (PEM).", false,
         [](const string& t, Settings& s) { return readers::not_empty(t, s.tls_key); },
         [](const Settings& s) { return s.tls_key; }},
        {"TRUSTED_PROXIES", "none",
         "Addresses and ranges (10.0.0.0/8) of proxies whose X-Forwarded-For is believed, "
         "separated by commas.",
         false,
         [](const string& t, Settings& s) { return readers::address_ranges(t, s.trusted_proxies); },
         [](const Settings& s) {
             return joined(s.trusted_proxies, [](const auto& range) { return range.text(); });
         }},
        {"CORS_ORIGINS", "none",
         "Origins (https://app.example.org) whose pages may call the API from a browser, separated "
         "by commas; * is all.",
         false, [](const string& t, Settings& s) { return readers::origins(t, s.cors_origins); },
         [](const Settings& s) {
             return joined(s.cors_origins, [](const auto& origin) { return origin; });
         }},
        {"MAX_CONNECTIONS", "8192",
         "Connections that may be open at once. Beyond it a new one takes the place of the one "
         "that "
         "has been idle, or slow, for the longest.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::size_t>(t, 16, 1'000'000, s.max_connections);
         },
         [](const Settings& s) { return std::to_string(s.max_connections); }},
        {"MAX_CONNECTIONS_PER_ADDRESS", "1024",
         "The same for one address (IPv6: for one /64). This machine, and each of TRUSTED_PROXIES, "
         "may have half of MAX_CONNECTIONS when that is more.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::size_t>(t, 1, 1'000'000, s.max_connections_per_address);
         },
         [](const Settings& s) { return std::to_string(s.max_connections_per_address); }},
        {"MAX_BUFFER_MIB", "64",
         "Memory, in MiB, for requests that are being received and answers that are being taken. "
         "Beyond it the largest of them give way, the slowest first.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::size_t>(t, 1, 65'536, s.max_buffer_mib);
         },
         [](const Settings& s) { return std::to_string(s.max_buffer_mib); }},
        {"API_RATE_LIMIT", "200",
         "Calls of admin-facing routes a second for each credential (twice as many at once); 0 is "
         "any number.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::uint64_t>(t, 0, 1'000'000, s.api_rate_limit);
         },
         [](const Settings& s) { return std::to_string(s.api_rate_limit); }},
        {"WRONG_KEYS_PER_MINUTE", "60",
         "Different unknown stream keys that publishers of one address (IPv6: one /64) may try; "
         "one "
         "that repeats itself counts once. Beyond that only keys that were good from there lately "
         "are served. 0 is any number.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::uint64_t>(t, 0, 1'000'000, s.wrong_keys_per_minute);
         },
         [](const Settings& s) { return std::to_string(s.wrong_keys_per_minute); }},
        {"WRONG_SECRETS_PER_MINUTE", "20",
         "The same for API_SECRET and signatures, for MEDIA_SECRET, and for the credential of "
         "MediaMTX's own interfaces, each by itself.",
         false,
         [](const string& t, Settings& s) {
             return readers::number<std::uint64_t>(t, 0, 1'000'000, s.wrong_secrets_per_minute);
         },
         [](const Settings& s) { return std::to_string(s.wrong_secrets_per_minute); }},
    };
}

}  // namespace rescuestream::server
