#include "settings.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <tuple>

#include "files.hpp"
#include "invalid.hpp"
#include "support/control_credential.hpp"
#include "support/url.hpp"

namespace rescuestream::cli {
namespace {

Result<void> override_with(std::string& target, const Host& host, std::string_view name,
                           std::string_view scheme) {
    auto value = environment_text(host, name);
    if (!value) return {};
    if (const auto problem = check_public_address(*value, scheme)) {
        return invalid(fmt::format("{} {}.", name, *problem));
    }
    target = *std::move(value);
    return {};
}

Result<Secret> api_secret(const GlobalOptions& options, const Host& host) {
    auto given = given_api_secret(options, host);
    if (!given || !given->empty()) return given;
    const auto directory = data_directory(options, host);
    if (directory) {
        const std::string path = *directory + "/api-secret";
        if (::access(path.c_str(), R_OK) == 0) return read_secret_file(path, "DATA_DIR");
    }
    return invalid(
        "A server needs its API secret: give --api-secret-file FILE or set API_SECRET (there is no "
        "readable api-secret in the data directory).");
}

Result<ServerConnection> server_connection(const GlobalOptions& options, const Host& host,
                                           const std::string& url) {
    auto origin = check_origin(url, "--server");
    if (!origin) return std::move(origin).error();
    auto secret = api_secret(options, host);
    if (!secret) return std::move(secret).error();
    ServerConnection server;
    server.url = *std::move(origin);
    server.credential =
        options.auth == "shared-secret" ? Credential::kSharedSecret : Credential::kHmac;
    server.key_name = options.key_name.empty() ? "cli:" + host.user : options.key_name;
    server.api_secret = *std::move(secret);
    return server;
}

// As the server does it, so that MediaMTX, which asks the server, lets both in.
Result<void> fill_control_credential(DirectConnection& direct, const GlobalOptions& options,
                                     const Host& host) {
    auto api_secret = given_api_secret(options, host);
    if (!api_secret) return std::move(api_secret).error();
    auto secret = find_control_secret(data_directory(options, host).value_or("."), *api_secret);
    if (!secret) return std::move(secret).error();
    auto user = environment_text(host, "MEDIAMTX_API_USER");
    auto password = environment_secret(host, "MEDIAMTX_API_PASSWORD");
    if (!password) return std::move(password).error();
    direct.media_api_password = *std::move(password);
    if (!user && direct.media_api_password.empty()) direct.media_api_password = *secret;
    if (!user && !direct.media_api_password.empty()) user = kControlUser;
    direct.media_api_user = user.value_or("");
    direct.settings.control_secret = *std::move(secret);
    return {};
}

Result<DirectConnection> direct_connection(const GlobalOptions& options, const Host& host) {
    DirectConnection direct;
    if (auto url = environment_text(host, "DATABASE_URL")) {
        direct.database_url = std::move(*url);
    } else {
        auto directory = data_directory(options, host);
        if (!directory) return std::move(directory).error();
        direct.data_directory = *std::move(directory);
        direct.make_data_directory = true;
        direct.database_url = "sqlite:" + direct.data_directory + "/rescuestream.db";
    }
    direct.media_api_url =
        environment_text(host, "MEDIAMTX_API_URL").value_or("http://localhost:9997");
    if (auto done = fill_control_credential(direct, options, host); !done) {
        return std::move(done).error();
    }

    auto addresses = public_addresses(host);
    if (!addresses) return std::move(addresses).error();
    direct.settings.addresses = *std::move(addresses);

    const auto legacy = environment_text(host, "LEGACY_PATH_KEYS").value_or("relay");
    if (legacy == "relay") {
        direct.settings.legacy_path_keys = LegacyPathKeys::kRelay;
    } else if (legacy == "expose") {
        direct.settings.legacy_path_keys = LegacyPathKeys::kExpose;
    } else if (legacy == "deny") {
        direct.settings.legacy_path_keys = LegacyPathKeys::kDeny;
    } else {
        return invalid(
            fmt::format("LEGACY_PATH_KEYS must be relay, expose or deny, not {}.", legacy));
    }
    if (const auto text = environment_text(host, "ON_DUPLICATE")) {
        const auto value = parse_enum<OnDuplicate>(*text);
        if (!value) {
            return invalid(fmt::format(
                "ON_DUPLICATE must be reject_if_healthy, reject or takeover, not {}.", *text));
        }
        direct.settings.on_duplicate = *value;
    }
    return direct;
}

}  // namespace

std::optional<std::string> environment_text(const Host& host, std::string_view name) {
    auto value = host.environment(name);
    if (value && value->empty()) return std::nullopt;
    return value;
}

Result<Secret> environment_secret(const Host& host, std::string_view name) {
    if (auto value = environment_text(host, name)) return Secret(std::move(*value));
    const std::string file_name = std::string(name) + "_FILE";
    const auto file = environment_text(host, file_name);
    return file ? read_secret_file(*file, file_name) : Result<Secret>(Secret());
}

Result<Secret> given_api_secret(const GlobalOptions& options, const Host& host) {
    if (!options.api_secret_file.empty()) {
        return read_secret_file(options.api_secret_file, "--api-secret-file");
    }
    return environment_secret(host, "API_SECRET");
}

Result<std::string> data_directory(const GlobalOptions& options, const Host& host) {
    if (!options.data_dir.empty()) return options.data_dir;
    if (auto value = environment_text(host, "DATA_DIR")) return *value;
    if (::geteuid() == 0) return std::string("/var/lib/rescuestream");
    if (auto value = environment_text(host, "XDG_DATA_HOME")) return *value + "/rescuestream";
    if (auto value = environment_text(host, "HOME")) return *value + "/.local/share/rescuestream";
    return invalid("There is no HOME to keep a database in: set DATA_DIR or DATABASE_URL.");
}

std::optional<std::string> server_url(const GlobalOptions& options, const Host& host) {
    if (!options.server.empty()) return options.server;
    return environment_text(host, "RESCUESTREAM_SERVER");
}

Result<PublicAddresses> public_addresses(const Host& host) {
    const std::string webrtc =
        environment_text(host, "MEDIAMTX_PUBLIC_URL").value_or("http://localhost:8889");
    auto addresses = derive_public_addresses(webrtc);
    if (!addresses) {
        return invalid(fmt::format("MEDIAMTX_PUBLIC_URL: {}", addresses.error().message));
    }
    for (const auto& [name, scheme, target] :
         {std::tuple("MEDIAMTX_HLS_URL", "http", &addresses->hls),
          std::tuple("MEDIAMTX_RTSP_URL", "rtsp", &addresses->rtsp),
          std::tuple("MEDIAMTX_RTMP_URL", "rtmp", &addresses->rtmp),
          std::tuple("MEDIAMTX_SRT_URL", "srt", &addresses->srt)}) {
        auto done = override_with(*target, host, name, scheme);
        if (!done) return std::move(done).error();
    }
    return addresses;
}

Result<std::string> check_origin(const std::string& url, std::string_view option) {
    if (url.find('@') != std::string::npos) {
        return invalid(fmt::format(
            "{} must not hold a credential: everybody can read the arguments of a process.",
            option));
    }
    const auto parsed = parse_origin(url);
    if (!parsed) return invalid(fmt::format("{} {}.", option, kOriginRule));
    return parsed->origin();
}

Result<Connection> resolve_connection(const GlobalOptions& options, const Host& host,
                                      const std::string& command_line) {
    Connection connection;
    connection.caller.actor = "cli:" + host.user;
    connection.caller.request_method = "CLI";
    connection.caller.request_path = command_line;
    connection.caller.ip_address = "127.0.0.1";
    if (const auto url = server_url(options, host)) {
        auto server = server_connection(options, host, *url);
        if (!server) return std::move(server).error();
        connection.server = *std::move(server);
    } else {
        auto direct = direct_connection(options, host);
        if (!direct) return std::move(direct).error();
        connection.direct = *std::move(direct);
    }
    return connection;
}

}  // namespace rescuestream::cli
