#include "telemetry/otlp_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>

#include "rescuestream/version.hpp"
#include "telemetry/gzip.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMostAnswer = 64UL * 1024;
constexpr std::array kStatusesToRepeat{429L, 502L, 503L, 504L};

// Interval of the checks whether a request must end, because libcurl knows nothing of that.
constexpr int kCheckMilliseconds = 50;

struct Reading {
    std::string answer;
    bool is_too_long = false;
};

std::size_t keep_answer(char* data, std::size_t size, std::size_t count, void* user) {
    auto& reading = *static_cast<Reading*>(user);
    reading.is_too_long = reading.answer.size() + size * count > kMostAnswer;
    if (reading.is_too_long) return 0;
    try {
        reading.answer.append(data, size * count);
    } catch (const std::exception&) {
        return 0;
    }
    return size * count;
}

bool is_to_repeat(long status) noexcept {
    return std::find(kStatusesToRepeat.begin(), kStatusesToRepeat.end(), status) !=
           kStatusesToRepeat.end();
}

// Whether the collector has certainly not received the request.
bool was_not_received(CURL* curl, CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
            return true;
        case CURLE_OPERATION_TIMEDOUT: {
            long sent = 0;
            curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
            return sent == 0;
        }
        default:
            return false;
    }
}

}  // namespace

struct OtlpTransport::Handle {
    explicit Handle(const OtlpDestination& destination) {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        multi.reset(curl_multi_init());
        curl.reset(curl_easy_init());
        if (!multi || !curl) throw std::runtime_error("libcurl cannot be used");
        add("Content-Type: " + destination.content_type);
        if (destination.gzip) add("Content-Encoding: gzip");
        add("Expect:");  // do not wait for a permission to send the body
        for (const auto& [name, value] : destination.headers) add(name + ": " + value);
    }

    void add(const std::string& line) {
        curl_slist* const longer = curl_slist_append(lines.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)lines.release();
        lines.reset(longer);
    }

    // Runs the prepared request. It ends with CURLE_ABORTED_BY_CALLBACK when `latest` has come.
    CURLcode perform(const std::atomic<steady_clock::time_point>& latest) {
        curl_multi_add_handle(multi.get(), curl.get());
        CURLcode result = CURLE_ABORTED_BY_CALLBACK;
        int running = 1;
        while (steady_clock::now() < latest.load()) {
            if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
            if (running == 0) {
                int left = 0;
                const CURLMsg* const message = curl_multi_info_read(multi.get(), &left);
                result = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
                break;
            }
            curl_multi_poll(multi.get(), nullptr, 0, kCheckMilliseconds, nullptr);
        }
        curl_multi_remove_handle(multi.get(), curl.get());
        return result;
    }

    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> lines{nullptr, curl_slist_free_all};
    std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{nullptr, curl_multi_cleanup};
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{nullptr, curl_easy_cleanup};
};

OtlpTransport::OtlpTransport(OtlpDestination destination)
    : destination_(std::move(destination)), handle_(std::make_unique<Handle>(destination_)) {}

OtlpTransport::~OtlpTransport() = default;

OtlpTransport::Answer OtlpTransport::post(const std::string& body,
                                          std::chrono::milliseconds within) {
    using std::chrono::milliseconds;
    CURL* const curl = handle_->curl.get();
    const std::string packed = destination_.gzip ? gzip(body) : std::string();
    const std::string& sent = destination_.gzip ? packed : body;
    const auto limit = std::max(std::min(within, destination_.timeout), milliseconds(1));
    Reading reading;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, destination_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server at the end
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "rescuestream-server/" RESCUESTREAM_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle_->lines.get());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, sent.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(sent.size()));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limit.count()));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limit.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reading);

    const CURLcode code = handle_->perform(latest_);
    if (code != CURLE_OK && !reading.is_too_long) {
        return {was_not_received(curl, code) ? Outcome::kTryLater : Outcome::kRefused,
                curl_easy_strerror(code),
                std::nullopt,
                {}};
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status < 300) {
        const char* type = nullptr;
        curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
        return {Outcome::kTaken,
                {},
                std::nullopt,
                read_partial_success(type == nullptr ? "" : type, reading.answer)};
    }
    Answer answer{is_to_repeat(status) ? Outcome::kTryLater : Outcome::kRefused,
                  "status " + std::to_string(status),
                  std::nullopt,
                  {}};
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > 0) answer.retry_after = std::chrono::seconds(seconds);
    return answer;
}

}  // namespace rescuestream::server
