#include "settings/read.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <utility>

#include "settings/rows.hpp"
#include "settings/telemetry_rules.hpp"
#include "support/control_credential.hpp"
#include "support/secret_file.hpp"

namespace rescuestream::settings {
namespace {

class Reading {
public:
    Reading(const GivenSettings& given, unsigned used_for)
        : given_(given), used_for_(used_for), problems_(given.problems) {}

    Result<Settings> run() {
        split_place("API_HOST", "API_PORT");
        split_place("METRICS_HOST", "METRICS_PORT");
        derive_addresses();
        for (const Row& row : rows()) {
            const auto found = given_.by_name.find(row.name);
            if (found == given_.by_name.end() || (row.used_for & used_for_) == 0) continue;
            read(row, found->second);
        }
        derive_public_url();
        if ((used_for_ & kServer) != 0) judge_together();
        if (problems_.empty()) return std::move(settings_);
        return Error{ErrorCode::kInvalidArgument, "Settings are wrong.", {}, std::move(problems_)};
    }

private:
    // Understands HOST:PORT and :PORT, as other programs take them, in each of the two settings.
    void split_place(std::string_view host_name, std::string_view port_name) {
        for (const std::string_view name : {host_name, port_name}) {
            const auto found = given_.by_name.find(name);
            if (found == given_.by_name.end()) continue;
            const Given given = found->second;
            const auto colon = given.text.rfind(':');
            if (!ends_with_port(given.text, colon)) continue;
            given_.by_name.erase(found);
            std::string host = given.text.substr(0, colon);
            if (host.empty() && name == host_name) host = "*";
            if (!host.empty()) set_part(host_name, host, given, name);
            set_part(port_name, given.text.substr(colon + 1), given, name);
        }
    }

    // `colon` is the place of the last one. An IPv6 address without brackets has several, and no
    // port.
    static bool ends_with_port(const std::string& text, std::size_t colon) {
        if (colon == std::string::npos || colon + 1 == text.size()) return false;
        if (text.find_first_not_of("0123456789", colon + 1) != std::string::npos) return false;
        return text.find(':') == colon || (text.front() == '[' && text[colon - 1] == ']');
    }

    // `given` is the whole value of the setting `from`.
    void set_part(std::string_view name, const std::string& text, const Given& given,
                  std::string_view from) {
        Given part = given;
        part.text = text;
        const auto [at, is_new] = given_.by_name.emplace(name, part);
        if (is_new || at->second.text == text) return;
        add(std::string(from), fmt::format("names {}, and {} is {}: give one of them ({})",
                                           given.text, name, at->second.text, given.from));
    }

    // Addresses that are given override the derived ones.
    void derive_addresses() {
        const auto base = given_.by_name.find("MEDIAMTX_PUBLIC_URL");
        if (base == given_.by_name.end()) return;
        auto derived = derive_public_addresses(with_lower_scheme(base->second.text));
        if (derived)
            settings_.orchestrator.addresses =
                *std::move(derived);  // otherwise the row reports the error
    }

    void read(const Row& row, const Given& value) {
        if (value.is_given_twice) {
            add(row.file_name(), fmt::format("and {} are both set ({})", row.name, value.from));
            return;
        }
        std::string from = value.from;
        std::string text = value.text;
        bool is_open = value.in_open_file;
        if (value.names_file) {
            const auto kept = read_kept_secret(value.text);
            if (!kept) {
                std::string why = kept.error().message;  // a sentence
                if (why.ends_with('.')) why.pop_back();
                add(row.file_name(), fmt::format("names no secret: {} ({})", why, value.from));
                return;
            }
            text = kept->secret.reveal();
            from = fmt::format("in {}, {}", value.text, value.from);
            is_open = kept->open_to_everybody && !is_container_secret(value.text);
        }
        const auto problem = row.member.read(row.member.limits, row.name, text, settings_);
        if (problem) {
            add(std::string(row.name),
                fmt::format("{}{} ({})", *problem, example_for(row, *problem), from));
        } else if (is_open && row.is_secret() && row.shown(settings_) != text) {
            warn_of_open_file(row.name, from);  // an address without a password is not a secret
        }
    }

    // Many problems contain an example, or all possible values.
    static std::string example_for(const Row& row, const std::string& problem) {
        const std::string example = row.example();
        const bool has_one = problem.find("example") != std::string::npos ||
                             problem.find(" like ") != std::string::npos;
        if (example.empty() || has_one) return {};
        return fmt::format(", for example {}={}", row.name, example);
    }

    void warn_of_open_file(std::string_view name, const std::string& from) {
        settings_.warnings.push_back(fmt::format(
            "Every user of this machine can read {} ({}): set the file's mode to 0600, and make "
            "another secret",
            name, from));
    }

    // What people on this machine open, unless the setting says what others do.
    void derive_public_url() {
        if (given_.by_name.count("PUBLIC_URL") > 0 || settings_.api_port == 0) return;
        settings_.orchestrator.public_url =
            fmt::format("{}://localhost:{}", settings_.tls_certificate.empty() ? "http" : "https",
                        settings_.api_port);
    }

    // Settings that are valid alone but contradict each other.
    void judge_together() {
        if (settings_.tls_certificate.empty() != settings_.tls_key.empty()) {
            add(settings_.tls_key.empty() ? "TLS_KEY" : "TLS_CERTIFICATE",
                "is missing: certificate and key go together");
        }
        if (settings_.http_engine == HttpEngine::kHttplib && !settings_.tls_certificate.empty()) {
            add("HTTP_ENGINE",
                "must be reactor with TLS_CERTIFICATE: the stock server of cpp-httplib speaks no "
                "TLS "
                "here");
        }
        const std::string& key = settings_.tls_key;
        if (!key.empty() && is_open_secret_file(key)) {
            warn_of_open_file("TLS_KEY", "in " + key);
        }
        const ListenPlace api{settings_.api_host, settings_.api_port};
        const ListenPlace metrics{settings_.metrics_host, settings_.metrics_port};
        const ListenPlace& media = settings_.media_listen;
        if (overlap(api, media)) add("MEDIA_LISTEN", "is the same place as API_HOST with API_PORT");
        for (const auto& range : settings_.trusted_proxies) {
            if (!range.text().ends_with("/0")) continue;
            settings_.warnings.push_back(
                fmt::format("TRUSTED_PROXIES contains {}, which is every address: any caller can "
                            "claim any address, so limits by address have no effect",
                            range.text()));
        }
        judge_telemetry();
        if (!settings_.metrics_enabled) return;
        if (overlap(api, metrics)) add("METRICS_PORT", "is the port of API_PORT, too");
        if (overlap(media, metrics)) add("METRICS_PORT", "is the port of MEDIA_LISTEN, too");
    }

    void judge_telemetry() {
        const TelemetrySettings& telemetry = settings_.telemetry;
        if (telemetry.bsp_max_export_batch_size > telemetry.bsp_max_queue_size) {
            add("OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
                "must not be larger than OTEL_BSP_MAX_QUEUE_SIZE: a batch is taken from the queue");
        }
        if (telemetry.disabled) return;
        std::set<std::string_view> wrong;
        const auto check = [&](const std::string& own, std::string_view name_of_own) {
            const bool is_own = !own.empty();
            if (!has_grpc_port(is_own ? own : telemetry.endpoint)) return;
            wrong.insert(is_own ? name_of_own : "OTEL_EXPORTER_OTLP_ENDPOINT");
        };
        if (telemetry.tracing_enabled) {
            check(telemetry.traces_endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        }
        if (telemetry.metrics_exporter == MetricsExporterKind::kOtlp) {
            check(telemetry.metrics_endpoint, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
        }
        for (const auto name : wrong) {
            settings_.warnings.push_back(fmt::format(
                "{} has port 4317, at which collectors usually expect gRPC: this server sends "
                "OTLP over HTTP, for which the port is usually 4318",
                name));
        }
    }

    static bool overlap(const ListenPlace& one, const ListenPlace& other) {
        const auto is_any = [](const std::string& host) {
            return host == "*" || host == "0.0.0.0" || host == "::";
        };
        const auto is_in_localhost = [](const std::string& host) {
            return host == "localhost" || host == "127.0.0.1" || host == "::1";
        };
        if (one.port == 0 || one.port != other.port) return false;
        if (is_any(one.host) || is_any(other.host) || one.host == other.host) return true;
        const bool has_localhost = one.host == "localhost" || other.host == "localhost";
        return has_localhost && is_in_localhost(one.host) && is_in_localhost(other.host);
    }

    void add(std::string name, std::string problem) {
        problems_.push_back({std::move(name), std::move(problem)});
    }

    GivenSettings given_;
    const unsigned used_for_;
    Settings settings_;
    std::vector<FieldError> problems_;
};

}  // namespace

Result<Settings> read_settings(const GivenSettings& given, unsigned used_for) {
    return Reading(given, used_for).run();
}

std::optional<std::string> default_data_directory(const Environment& environment) {
    const auto given = [&](const char* name) {
        auto value = environment(name);
        return value && !value->empty() ? value : std::nullopt;
    };
    if (::geteuid() == 0) return "/var/lib/rescuestream";
    if (const auto base = given("XDG_DATA_HOME")) return *base + "/rescuestream";
    if (const auto home = given("HOME")) return *home + "/.local/share/rescuestream";
    return std::nullopt;
}

void fill_defaults(Settings& settings, const Environment& environment) {
    if (settings.data_dir.empty()) {
        settings.data_dir =
            default_data_directory(environment).value_or("./.local/share/rescuestream");
    }
    if (settings.database_url.empty()) {
        settings.database_url = "sqlite:" + settings.data_dir + "/rescuestream.db";
    }
}

void use_control_secret(Settings& settings, Secret secret) {
    auto& library = settings.orchestrator;
    if (library.api_user.empty()) {
        if (library.api_password.empty()) {
            library.api_password = default_control_password(secret, library.node);
        }
        if (!library.api_password.empty()) library.api_user = kControlUser;
    }
    library.control_secret = std::move(secret);
}

std::optional<std::string> warning_about_directory(const std::string& directory) {
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0 || (status.st_mode & S_IWOTH) == 0) {
        return std::nullopt;
    }
    return fmt::format(
        "Every user of this machine can put files into the data directory {}: set its mode to 0700",
        directory);
}

}  // namespace rescuestream::settings
