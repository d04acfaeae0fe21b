// rescuestream-server: combines settings, storage, media server, orchestrator and HTTP.

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include "access_log.hpp"
#include "api.hpp"
#include "carrier/carrier.hpp"
#include "config.hpp"
#include "data_directory.hpp"
#include "logging.hpp"
#include "metrics.hpp"
#include "metrics/families.hpp"
#include "metrics_server.hpp"
#include "rescuestream/secret.hpp"
#include "rescuestream/version.hpp"
#include "routes/table.hpp"
#include "serving.hpp"
#include "settings/read.hpp"
#include "settings/rows.hpp"
#include "settings/secret_rules.hpp"
#include "startup.hpp"
#include "support/text.hpp"
#include "switched_service.hpp"
#include "telemetry/metrics_exporter.hpp"
#include "telemetry/trace_exporter.hpp"

namespace {

using namespace rescuestream;
using namespace rescuestream::server;

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr std::chrono::milliseconds kFlushTime{1'500};
constexpr std::chrono::milliseconds kFlushTimeOfMetrics{400};

std::string printable(std::string_view text) {
    return escape_unprintable(redact_key_values(text));
}

void print_problem(const Error& error) {
    std::cerr << "rescuestream-server: " << printable(error.message) << '\n';
    for (const auto& field : error.fields) {
        std::cerr << "  " << printable(field.pointer) << ' ' << printable(field.detail) << '\n';
    }
    if (!error.detail.empty()) std::cerr << "  (" << error.detail << ")\n";
}

int failed(const Error& error) {
    print_problem(error);
    return kExitFailed;
}

// Prints the settings that a start would use. Creates nothing.
void print_settings(Settings settings) {
    settings::fill_defaults(settings, process_environment);
    for (const auto& row : settings::rows()) {
        if ((row.used_for & settings::kServer) == 0) continue;
        std::cout << row.name << " = " << printable(row.shown(settings)) << '\n';
    }
    auto warnings = settings::warnings_about_secrets(settings);
    warnings.insert(warnings.end(), settings.warnings.begin(), settings.warnings.end());
    for (auto warning : {settings::warning_about_directory(settings.data_dir),
                         settings::warning_about_media_callers(settings)}) {
        if (warning) warnings.push_back(*std::move(warning));
    }
    for (const auto& warning : warnings) std::cout << "Warning: " << printable(warning) << '\n';
    std::cout << "The settings are valid.\n";
}

LogFormat log_format(const Settings& settings) {
    const bool is_for_people = settings.local || isatty(STDERR_FILENO) != 0;
    return settings.log_format.value_or(is_for_people ? LogFormat::kText : LogFormat::kJson);
}

// The usual limit of 1,024 descriptors is lower than the number of connections that may be open.
void allow_many_descriptors() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// The sources read their objects until the metrics are not collected any more.
void add_sources(Metrics& metrics, const Settings& settings, const StreamOrchestrator& orchestrator,
                 const Carrier& http, const CountingLogger& logger) {
    metrics.add([&](MetricSink& sink) {
        sink.family("rescuestream_build_info", "1, with the version of the server.",
                    MetricKind::kGauge);
        sink.value({{"version", RESCUESTREAM_VERSION}}, 1);
        write_figures(sink, orchestrator.figures(), settings.metrics_per_stream);
        write_edge(sink, http.figures());
        sink.single("rescuestream_log_lines_dropped_total",
                    "Log lines that were lost because they were read too slowly, or could not be "
                    "written.",
                    MetricKind::kCounter, static_cast<double>(logger.lost_lines()));
        write_process(sink);
    });
}

void write_spans(MetricSink& sink, const TraceExporter::Counts& counts) {
    using enum MetricKind;
    sink.single("rescuestream_spans_exported_total", "Spans that the collector has taken.",
                kCounter, static_cast<double>(counts.exported));
    sink.family("rescuestream_spans_dropped_total", "Spans that were lost, by reason.", kCounter);
    sink.value({{"reason", "queue_full"}}, static_cast<double>(counts.dropped_by_full_queue));
    sink.value({{"reason", "export_failed"}}, static_cast<double>(counts.dropped_by_failed_export));
    sink.value({{"reason", "rejected"}}, static_cast<double>(counts.rejected));
    sink.value({{"reason", "stopped"}}, static_cast<double>(counts.dropped_at_stop));
}

int run(const Settings& settings, const std::string& secret_note, CountingLogger& logger,
        StopSignal& stop) {
    logger.info("starting", {{"version", RESCUESTREAM_VERSION}});
    for (const auto& row : settings::rows()) {
        logger.debug("setting", {{"name", std::string(row.name)}, {"value", row.shown(settings)}});
    }
    if (!secret_note.empty()) logger.info(secret_note);
    for (const auto& warning : settings.warnings) logger.warning(warning);
    for (const auto& warning : settings::warnings_about_secrets(settings)) logger.warning(warning);
    if (const auto open = settings::warning_about_media_callers(settings)) logger.warning(*open);

    // The orchestrator and the HTTP API use it, so it is destroyed after them.
    const auto traces = make_trace_exporter(settings, logger);
    if (traces) {
        traces->start();
        logger.info(
            "traces are recorded",
            {{"address",
              otlp_destination(settings, "traces", settings.telemetry.traces_endpoint).url}});
    }

    // In the order in which one uses the other: HTTP uses everything above it.
    Protection protection(settings);
    Metrics metrics;
    AccessLog access_log(logger, settings.log_level <= LogThreshold::kDebug, &protection.refusals);
    const Observers observers{&metrics, &access_log};
    const Application starting = make_starting_api(settings, logger, traces.get(), observers);
    SwitchedService service(starting);
    std::optional<Core> core;
    std::optional<Application> application;
    const auto http = make_carrier(service, settings, logger);
    const auto port = http->bind();
    if (!port) return failed(port.error());
    std::optional<MetricsServer> metrics_server;
    if (settings.metrics_enabled) {
        metrics_server.emplace(metrics, settings.metrics_host, settings.metrics_port);
        const auto metrics_port = metrics_server->start();
        if (!metrics_port) return failed(metrics_port.error());
        logger.info("metrics are served", {{"address", metrics_server->places()}});
    }
    // From here on probes are answered, and publishers refused, however long the database takes.
    Serving serving(*http, stop);
    logger.info("listening",
                {{"address", http->api_places()}, {"media_listen", http->media_places()}});

    auto opened = wait_for_core(settings, logger, traces.get(), stop);
    if (!opened) return stop.requested() ? 0 : failed(opened.error());
    core = *std::move(opened);
    StreamOrchestrator& orchestrator = *core->orchestrator;
    const auto migrated = wait_for_database(orchestrator, logger, stop);
    if (!migrated) return stop.requested() ? 0 : failed(migrated.error());

    const auto administered = check_administrator(settings, orchestrator);
    if (!administered) return failed(administered.error());

    add_sources(metrics, settings, orchestrator, *http, logger);
    if (traces) metrics.add([&](MetricSink& sink) { write_spans(sink, traces->counts()); });
    const auto metrics_exporter = make_metrics_exporter(settings, metrics, logger);
    if (metrics_exporter) {
        metrics_exporter->start();
        logger.info(
            "metrics are sent",
            {{"address",
              otlp_destination(settings, "metrics", settings.telemetry.metrics_endpoint).url}});
    }

    orchestrator.load();  // on an error `start` repeats it
    // MediaMTX asks /auth before it answers the first poll. So requests are answered from now on,
    // and "ready" is reported after that poll.
    const Context context{orchestrator,   settings,    logger,
                          core->stand_in, &protection, traces.get()};
    application.emplace(context, api_filters(context, api_routes(), observers));
    service.switch_to(*application);
    orchestrator.start();
    if (wait_for_first_round(orchestrator, stop)) {
        logger.info("ready", {{"address", http->api_places()},
                              {"tls", settings.tls_certificate.empty() ? "no" : "yes"},
                              {"media_listen", http->media_places()},
                              {"media_server", settings.orchestrator.api_url}});
    }
    stop.wait();
    const bool stopped_as_asked = serving.end();
    orchestrator.stop();
    access_log.tell_left_out();
    if (metrics_exporter) metrics_exporter->stop(kFlushTimeOfMetrics);
    if (traces) traces->stop(kFlushTime);
    if (!stopped_as_asked && !stop.by_signal()) {
        logger.error("the HTTP server stopped unexpectedly");
        return kExitFailed;
    }
    logger.info("stopped");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    // Any of some 150 threads may answer a request. With glibc's default of eight arenas per core,
    // a server with 10,000 keys used 47 MiB; with two arenas it used 29 MiB, and the benchmark
    // showed no difference in speed beyond its noise.
    mallopt(M_ARENA_MAX, 2);
    // Lists of megabytes are returned to the system when they have been sent; by default glibc
    // would keep their memory after the first one.
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    auto line = read_command_line(argc, argv, process_environment);
    if (!line) {
        print_problem(line.error());
        return kExitUsage;
    }
    if (line->exit_code) {
        (*line->exit_code == 0 ? std::cout : std::cerr) << line->output;
        return *line->exit_code;
    }
    if (line->check_only) {
        print_settings(line->settings);
        return 0;
    }
    allow_many_descriptors();
    StopSignal stop;  // before any thread is created: all of them inherit its signal mask
    const auto secret_note = complete(line->settings);
    if (!secret_note) {
        print_problem(secret_note.error());
        return kExitFailed;
    }
    const auto logger = make_logger(log_format(line->settings), line->settings.log_level);
    return run(line->settings, *secret_note, *logger, stop);
}
