// Records each request as a span. It is the outermost filter, so that the span covers everything
// that is done for the request, and the access log names it.

#include "filters/list.hpp"
#include "filters/record.hpp"
#include "rescuestream/tracer.hpp"
#include "settings/settings.hpp"

namespace rescuestream::server {
namespace {

// Several headers of this name are one list. Source: W3C Trace Context section 3.3.
std::string trace_state_of(const HttpRequest& request) {
    std::string joined;
    for (const auto& [name, value] : request.headers) {
        if (name != "tracestate") continue;
        if (!joined.empty()) joined += ',';
        joined += value;
    }
    return joined;
}

std::optional<SpanContext> span_of_caller(const HttpRequest& request) {
    const auto parent = request.header("traceparent");
    if (!parent) return std::nullopt;
    return parse_trace_context(*parent, trace_state_of(request));
}

bool is_known_method(std::string_view method) {
    for (const std::string_view known :
         {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"}) {
        if (method == known) return true;
    }
    return false;
}

class TracingFilter final : public Filter {
public:
    TracingFilter(Tracer& tracer, bool has_tls) : tracer_(tracer), has_tls_(has_tls) {}

    std::optional<HttpResponse> on_head(Call& call) const override {
        const auto caller = span_of_caller(call.request);
        call.span.emplace(&tracer_, "HTTP", SpanKind::kServer, caller ? &*caller : nullptr);
        return std::nullopt;
    }

    void on_answer(const Call& call, HttpResponse& response) const override {
        if (!call.span) return;
        if (call.span->records()) describe(*call.span, call, response);
        call.span->end();
    }

private:
    void describe(Span& span, const Call& call, const HttpResponse& response) const {
        const HttpRequest& request = call.request;
        const bool is_known = is_known_method(request.method);
        if (is_known) {
            span.set("http.request.method", request.method);
        } else {
            span.set_constant("http.request.method", "_OTHER");
        }
        std::string name = is_known ? request.method : "HTTP";
        if (call.route != nullptr) {
            (name += ' ') += call.route->pattern;
            span.set_constant("http.route", call.route->pattern);
        }
        span.rename(name);
        const bool is_literal =
            call.route != nullptr && call.route->pattern.find('{') == std::string_view::npos;
        if (is_literal) {
            span.set_constant("url.path", call.route->pattern);
        } else {
            span.set("url.path", record_of(call, response).path());
        }
        span.set_constant("url.scheme", has_tls_ && !request.media_only ? "https" : "http");
        span.set("http.response.status_code", std::int64_t{response.status});
        span.set("client.address", request.remote_address);
        span.set("rescuestream.request_id", request.request_id);
        if (!response.auth_decision.empty()) {
            span.set_constant("rescuestream.decision", response.auth_decision);
        }
        // Of a server, only these statuses are failures.
        if (response.status >= 500) span.fail(std::to_string(response.status));
    }

    Tracer& tracer_;
    const bool has_tls_;
};

}  // namespace

std::unique_ptr<Filter> make_tracing_filter(Tracer& tracer, const Settings& settings) {
    return std::make_unique<TracingFilter>(tracer, !settings.tls_certificate.empty());
}

}  // namespace rescuestream::server
