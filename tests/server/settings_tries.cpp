// What people write for each setting: what is understood, and what is refused by name.
#include "settings_tries.hpp"

namespace rescuestream::server::testing {
namespace {

// Texts of one kind, and what becomes of them; empty: they are refused.
struct Text {
    std::string text;
    std::string shown = {};
};

// Adds tries of the texts for each of the names.
void add(std::vector<Try>& tries, const std::vector<std::string>& names,
         const std::vector<Text>& texts) {
    for (const auto& name : names) {
        for (const auto& each : texts) tries.push_back({name, each.text, each.shown});
    }
}

void add_words_and_flags(std::vector<Try>& tries) {
    add(tries,
        {"LOCAL", "METRICS_ENABLED", "METRICS_PER_STREAM", "SHARED_SECRET", "TRACING_ENABLED",
         "OTEL_SDK_DISABLED"},
        {{"TRUE", "true"},
         {" Yes ", "true"},
         {"\"off\"", "false"},
         {"0", "false"},
         {"enabled"},
         {"2"},
         {"tru"}});
    add(tries, {"HTTP_ENGINE"},
        {{"Reactor", "reactor"}, {" HTTPLIB", "httplib"}, {"nginx"}, {"reactor,httplib"}});
    add(tries, {"LEGACY_PATH_KEYS"},
        {{"Relay", "relay"}, {"'deny'", "deny"}, {"EXPOSE ", "expose"}, {"true"}, {"off"}});
    add(tries, {"ON_DUPLICATE"},
        {{"Reject-If-Healthy", "reject_if_healthy"},
         {"TAKEOVER", "takeover"},
         {"take over"},
         {"replace"}});
    add(tries, {"PLAYBACK_POLICY"},
        {{"Public", "public"},
         {" signed ", "signed"},
         {"'SIGNED'", "signed"},
         {"private"},
         {"on"}});
    add(tries, {"UNKNOWN_PUBLISHER"},
        {{"Kick", "kick"}, {" adopt ", "adopt"}, {"\"ignore\"", "ignore"}, {"none"}, {"true"}});
    add(tries, {"PATH_MISMATCH"},
        {{"Refuse", "refuse"}, {" ADOPT ", "adopt"}, {"accept"}, {"true"}});
    add(tries, {"HELPER_PATHS", "IGNORE_PATHS"},
        {{" cam/* , copy/** ", "cam/*,copy/**"}, {"cam/1", "cam/1"}, {"/cam"}, {"~^cam"}, {"**"}});
    add(tries, {"DATABASE_OUTAGE"},
        {{"DENY", "deny"}, {"Grace", "grace"}, {"allow"}, {"deny, grace"}});
    add(tries, {"DATABASE_POOLER"},
        {{"AUTO", "auto"}, {"Yes ", "yes"}, {"'no'", "no"}, {"pgbouncer"}, {"auto, yes"}});
    add(tries, {"LOG_LEVEL"},
        {{"INFO", "info"}, {"Warning", "warn"}, {" debug", "debug"}, {"fatal"}, {"3"}});
    add(tries, {"LOG_FORMAT"}, {{"JSON", "json"}, {"Text ", "text"}, {"plain"}, {"logfmt"}});
    add(tries, {"OTEL_EXPORTER_OTLP_PROTOCOL"},
        {{"HTTP/JSON", "http/json"}, {"'http/protobuf'", "http/protobuf"}, {"grpc"}, {"http"}});
    add(tries, {"OTEL_EXPORTER_OTLP_COMPRESSION"},
        {{"GZIP", "gzip"}, {" none", "none"}, {"zstd"}, {"true"}});
    add(tries, {"OTEL_TRACES_SAMPLER"},
        {{"Always_On", "always_on"}, {"always-off", "always_off"}, {"ratio"}, {"0.5"}});
    add(tries, {"OTEL_METRICS_EXPORTER"},
        {{"OTLP", "otlp"}, {"\"none\"", "none"}, {"otlp,prometheus"}, {"console"}});
}

void add_numbers(std::vector<Try>& tries) {
    const std::vector<Text> no_numbers{
        {"-1"}, {"1.5"}, {"1,000"}, {"many"}, {"0x10"}, {"1e3"}, {"99999999999999999999"}};
    add(tries,
        {"MAX_CONNECTIONS", "MAX_CONNECTIONS_PER_ADDRESS", "MAX_BUFFER_MIB", "API_RATE_LIMIT",
         "WRONG_KEYS_PER_MINUTE", "WRONG_SECRETS_PER_MINUTE", "DATABASE_CONNECTIONS",
         "OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
        no_numbers);
    add(tries,
        {"MAX_CONNECTIONS", "MAX_CONNECTIONS_PER_ADDRESS", "MAX_BUFFER_MIB", "API_RATE_LIMIT",
         "WRONG_KEYS_PER_MINUTE", "WRONG_SECRETS_PER_MINUTE", "DATABASE_CONNECTIONS",
         "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"},
        {{" 150 ", "150"}, {"\"150\"", "150"}});
    add(tries, {"OTEL_BSP_MAX_QUEUE_SIZE"}, {{" 1000 ", "1000"}, {"1000 spans", "1000"}});
    add(tries, {"MAX_BUFFER_MIB"}, {{"64MiB", "64"}, {"64 mib", "64"}, {"64 GiB"}, {"0"}});
    add(tries, {"API_PORT", "METRICS_PORT"},
        {{" 9001 ", "9001"},
         {"'9001'", "9001"},
         {":9001", "9001"},
         {"0.0.0.0:9001", "9001"},
         {"[::]:9001", "9001"},
         {"localhost:9001", "9001"},
         {"0", "0"},
         {"65536"},
         {"-1"},
         {"9001/tcp"},
         {"http"},
         {"tcp://10.0.0.1:8080"},
         {"8080,8081"}});
    add(tries, {"TRACING_SAMPLERATE", "OTEL_TRACES_SAMPLER_ARG"},
        {{" 0.25", "0.25"}, {"1", "1"}, {"1.01"}, {"-0.1"}, {"1%"}, {"0,5"}, {"nan"}});
    add(tries, {"RECONNECT_WINDOW", "NODE_LOST_AFTER", "DATABASE_GRACE"},
        {{"90", "90"},
         {" 90 s ", "90"},
         {"2 Min", "120"},
         {"1m30s", "90"},
         {"0.02h"},
         {"-90"},
         {"90x"},
         {"m"},
         {"90000000"},
         {"1m 30"}});
    add(tries, {"NODE_LOST_AFTER", "DATABASE_GRACE"}, {{"1h", "3600"}, {"1 day", "86400"}, {"2d"}});
    add(tries, {"AUDIT_RETENTION"}, {{"0", "0"}, {"400d", "34560000"}, {"3651d"}, {"-1"}, {"x"}});
    add(tries, {"STALE_AFTER"},
        {{"10 seconds", "10"}, {"1m", "60"}, {"2000ms", "2"}, {"1500ms"}, {"0"}, {"61"}, {"-5s"}});
    add(tries,
        {"OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT",
         "OTEL_METRIC_EXPORT_INTERVAL"},
        {{"5000", "5000"}, {"5s", "5000"}, {" 500 ms", "500"}, {"-1"}, {"0"}, {"5.5s"}, {"2h"}});
}

void add_texts(std::vector<Try>& tries) {
    add(tries, {"API_HOST", "METRICS_HOST"},
        {{"*", "*"},
         {"[::]", "::"},
         {" 10.0.0.1 ", "10.0.0.1"},
         {"LocalHost", "localhost"},
         {"127.0.0.1:9001", "127.0.0.1"},
         {":9001", "*"},
         {"http://127.0.0.1"},
         {"10.0.0"},
         {"10.0.0.1/24"},
         {"a b"}});
    add(tries, {"MEDIA_LISTEN"},
        {{"8082", "localhost:8082"},
         {":8082", "*:8082"},
         {"[::1]:8082", "[::1]:8082"},
         {"[::]:8082", "[::]:8082"},
         {"'0.0.0.0:8082'", "0.0.0.0:8082"},
         {"unix:/run/m.sock", "unix:/run/m.sock"},
         {"http://localhost:8082"},
         {"localhost"},
         {"localhost:"},
         {"unix:"},
         {"::1:8082x"},
         {"tcp://10.0.0.1:8082"}});
    add(tries, {"TLS_CERTIFICATE", "TLS_KEY"}, {{"~/x.pem"}, {"'~/x.pem'"}, {"~root/x.pem"}});
    add(tries, {"TRUSTED_PROXIES"},
        {{" 10.0.0.0/8 , ::1,", "10.0.0.0/8,::1"},
         {"\"10.1.2.3\"", "10.1.2.3"},
         {"::ffff:10.1.2.3", "10.1.2.3"},
         {"10.0.0.1/8"},
         {"*"},
         {"proxy"},
         {"10.0.0.1:80"},
         {","}});
    add(tries, {"MEDIA_ALLOW"},
        {{"none", "none"},
         {"100.64.0.0/10, ::1", "100.64.0.0/10,::1"},
         {"'10.0.0.0/8'", "10.0.0.0/8"},
         {"all"},
         {"10.0.0.1/8"},
         {"none,10.0.0.0/8"}});
    add(tries, {"CORS_ORIGINS"},
        {{"HTTPS://App.Example.org/", "https://app.example.org"},
         {" http://a:8080 , https://b:443", "http://a:8080,https://b"},
         {"*", "*"},
         {"app.example.org"},
         {"https://*.example.org"},
         {"https://a/page"},
         {"null"}});
    add(tries, {"API_KEY_NAMES"},
        {{"front, admin ", "front,admin"},
         {"'front'", "front"},
         {"*"},
         {"any"},
         {"rescuestream"},
         {","}});
    add(tries, {"DATABASE_LISTEN_URL"},
        {{"POSTGRESQL://u:p@db/x", "postgresql://***@db/x"},
         {" postgres://db/x\n", "postgres://db/x"},
         {"sqlite:x"},
         {"memory:"},
         {"db:5432/x"},
         {"postgresql://"}});
    add(tries, {"DATABASE_URL"},
        {{"POSTGRESQL://u:p@db/x", "postgresql://***@db/x"},
         {"'memory:'", "memory:"},
         {"Memory:", "memory:"},
         {" sqlite:/x.db\n", "sqlite:/x.db"},
         {"\"sqlite:x\"", "sqlite:x"},
         {"mysql://db/x"},
         {"sqlite://x.db"},
         {"sqlite:~/x.db"},
         {"sqlite::memory:"},
         {"/x.db"},
         {"jdbc:postgresql://db/x"},
         {"postgresql:"}});
    add(tries, {"DATA_DIR"},
        {{" /var/lib/x ", "/var/lib/x"},
         {"'/var/lib/x'", "/var/lib/x"},
         {"~"},
         {"~/x"},
         {"~user/x"}});
    add(tries, {"SERVER_NAME", "TRACING_SERVICE", "TRACING_VERSION", "OTEL_SERVICE_NAME"},
        {{" one ", "one"}, {"'one two'", "one two"}, {"a\nb"}, {std::string(300, 'x')}, {"a\x01"}});
    add(tries, {"OTEL_RESOURCE_ATTRIBUTES"},
        {{"a=b, c=d ", "a=b, c=d"}, {"'a=b'", "a=b"}, {"a"}, {"=b"}, {"a=%zz"}});
    add(tries, {"MEDIAMTX_API_USER"},
        {{" mtx ", "mtx"}, {"'mtx'", "mtx"}, {"mtx:secret"}, {"a\nb"}});
    add(tries, {"MEDIAMTX_API_CA"},
        {{" /etc/ca.pem", "/etc/ca.pem"},
         {"'/etc/ca.pem'", "/etc/ca.pem"},
         {"~/ca.pem"},
         {"~root/ca.pem"}});
}

void add_addresses(std::vector<Try>& tries) {
    add(tries, {"MEDIAMTX_API_URL", "RESCUESTREAM_SERVER"},
        {{"HTTP://h:9997/", "http://h:9997"},
         {"'https://h'", "https://h"},
         {" http://[::1]:9997", "http://[::1]:9997"},
         {"h:9997"},
         {"http://h:9997/v3"},
         {"http://u:p@h:9997"},
         {"http://h:0"},
         {"http://h:99999"},
         {"rtsp://h"},
         {"http://*:9997"},
         {"http://h?x=1"}});
    add(tries, {"MEDIAMTX_API_URL"}, {{"MEMORY:", "memory:"}, {"memory"}});
    add(tries, {"MEDIAMTX_PUBLIC_URL", "MEDIAMTX_HLS_URL", "PUBLIC_URL"},
        {{"Https://V.example.org/", "https://V.example.org"},
         {"\"http://h:1\"", "http://h:1"},
         {" https://h/video ", "https://h/video"},
         {"h:8889"},
         {"//h"},
         {"http://0.0.0.0:8889"},
         {"http://[::]:8889"},
         {"http://u:p@h"},
         {"http://h:0"},
         {"http://h/live/index.m3u8"},
         {"http://h/live/whep"},
         {"rtsp://h"},
         {"http://h?token=x"}});
    for (const std::string scheme : {"rtsp", "rtmp"}) {
        const std::vector<std::string> names =
            scheme == "rtsp" ? std::vector<std::string>{"MEDIAMTX_RTSP_URL", "MEDIAMTX_RELAY_URL"}
                             : std::vector<std::string>{"MEDIAMTX_RTMP_URL"};
        std::string capital = scheme;
        capital.front() = 'R';
        add(tries, names,
            {{capital + "://h/", scheme + "://h"},
             {"'" + scheme + "s://h:1'", scheme + "s://h:1"},
             {" " + scheme + "://[::1]:1 ", scheme + "://[::1]:1"},
             {"h:1"},
             {scheme + "://h/live"},
             {scheme + "://0.0.0.0:1"},
             {scheme + "://[::]"},
             {scheme + "://u:p@h"},
             {scheme + "://h:0"},
             {"http://h"},
             {scheme + ":h"}});
    }
    add(tries, {"MEDIAMTX_SRT_URL"},
        {{"SRT://h:8890/", "srt://h:8890"},
         {"'srt://h:1'", "srt://h:1"},
         {"srt://h"},
         {"h:8890"},
         {"srt://h:8890/live"},
         {"srt://0.0.0.0:8890"},
         {"srt://h:0"},
         {"srts://h:1"},
         {"srt://h:8890?streamid=x"}});
    add(tries,
        {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
         "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"},
        {{"HTTP://c:4318/x", "http://c:4318/x"},
         {"'https://c'", "https://c"},
         {"c:4318"},
         {"grpc://c:4317"},
         {"http://u:p@c"},
         {"http://c:0"}});
}

void add_secrets(std::vector<Try>& tries) {
    add(tries, {"API_SECRET", "MEDIA_SECRET", "MEDIAMTX_API_PASSWORD"},
        {{"a-secret-of-24-characters", "***"}, {"short"}, {"        "}, {"two\nlines of it"}});
    add(tries, {"OTEL_EXPORTER_OTLP_HEADERS"},
        {{"authorization=Bearer%20x", "***"}, {"authorization"}, {"a b=c"}, {"a=%0a"}});
}

}  // namespace

std::vector<Try> all_tries() {
    std::vector<Try> tries;
    add_words_and_flags(tries);
    add_numbers(tries);
    add_texts(tries);
    add_addresses(tries);
    add_secrets(tries);
    return tries;
}

}  // namespace rescuestream::server::testing
