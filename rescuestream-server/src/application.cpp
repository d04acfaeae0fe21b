#include "application.hpp"

#include <algorithm>
#include <future>

#include "entity_tag.hpp"
#include "problem.hpp"
#include "protection.hpp"
#include "request_scope.hpp"
#include "rescuestream/api_credentials.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "router.hpp"

namespace rescuestream::server {
namespace {

using std::chrono::steady_clock;

class BodyInRequest final : public BodySource {
public:
    explicit BodyInRequest(std::string body) : body_(std::move(body)) {}
    bool present() const noexcept override { return !body_.empty(); }
    BodyOutcome read(std::size_t limit, std::string& out) override {
        if (body_.size() > limit) return BodyOutcome::kTooLarge;
        out = std::move(body_);
        return BodyOutcome::kComplete;
    }
    bool sender_has_gone() const override { return false; }

private:
    std::string body_;
};

HttpResponse bare_answer(ProblemKind kind) noexcept {
    HttpResponse response;
    response.status = problem_type(kind).status;
    return response;
}

}  // namespace

// A request on its way through the filters, and its response on the way back.
class Application::Passage final : public PendingRequest,
                                   public std::enable_shared_from_this<Passage> {
public:
    Passage(const std::optional<Context>& context, const Filters& filters, HttpRequest request)
        : context_(context), filters_(filters.all), outer_(filters.outer) {
        call_.request = std::move(request);
        call_.begun = steady_clock::now();
    }

    // Passes the first `filters` filters with the head of the request.
    void enter(std::size_t filters) noexcept {
        try {
            refusal_ = pass(&Filter::on_head, filters);
        } catch (const std::exception& error) {
            refusal_ = failed(error.what());
        }
    }

    Work work() const noexcept override { return refusal_ ? Work::kImmediate : call_.route->work; }
    std::size_t body_limit() const noexcept override {
        return refusal_ ? 0 : call_.route->body_limit;
    }
    bool is_head() const noexcept override { return call_.request.method == "HEAD"; }

    void answer(BodySource& body, Respond respond) noexcept override {
        // The request may be answered, and this object destroyed, before this returns.
        const auto self = shared_from_this();
        const RequestScope request(call_.request.request_id);
        const SpanScope scope(span());
        respond_ = std::move(respond);
        if (!refusal_) {
            // the time that a slow peer takes to send does not count
            call_.begun = steady_clock::now();
            try {
                refusal_ = go_on(body);
                if (!refusal_) return;
            } catch (const std::exception& error) {
                refusal_ = failed(error.what());
            }
        }
        respond_with(*std::move(refusal_));
    }

    HttpResponse refuse(int status, std::string_view why) noexcept override {
        HttpResponse response;
        response.status = status;
        try {
            for (const auto& type : problem_types()) {
                if (type.status != status) continue;
                response = problem(call_.request, type.kind, why);
                break;
            }
        } catch (...) {
            // Without memory the response has only its status.
        }
        reached_ = outer_;
        return finish(std::move(response));
    }

private:
    std::optional<HttpResponse> pass(std::optional<HttpResponse> (Filter::*step)(Call&) const,
                                     std::size_t filters) {
        for (reached_ = 0; reached_ < filters;) {
            const Filter& filter = *filters_[reached_++];
            if (auto answer = (filter.*step)(call_)) return answer;
        }
        return std::nullopt;
    }

    // Returns nothing when the handler responds later, or has responded.
    std::optional<HttpResponse> go_on(BodySource& body) {
        call_.body = &body;
        auto refusal = pass(&Filter::on_request, filters_.size());
        call_.body = nullptr;
        if (refusal) return refusal;
        const Route& route = *call_.route;
        if (const auto* handler = std::get_if<Handler>(&route.handler)) {
            return answer_of(route, *handler);
        }
        std::get<AsyncHandler>(route.handler)(*context_, call_.request,
                                              [self = shared_from_this()](HttpResponse response) {
                                                  self->respond_with(std::move(response));
                                              });
        return std::nullopt;
    }

    HttpResponse answer_of(const Route& route, Handler handler) const {
        const Context& context = *context_;
        // What a restricted credential sees must not be shown to others, nor the reverse.
        const auto& credential = call_.request.credential;
        const bool is_restricted = credential && credential->is_restricted();
        if (!route.is_shared || is_restricted || context.protection == nullptr) {
            return tagged(handler(context, call_.request));
        }
        return context.protection->snapshots.get(
            call_.request, [context = &context, handler](const HttpRequest& asked) {
                return handler(*context, asked);
            });
    }

    // Completes the ETag of the response to a GET of a record; see entity_tag.hpp.
    HttpResponse tagged(HttpResponse response) const {
        const bool is_read = call_.request.method == "GET" || is_head();
        if (!is_read || response.status != 200) return response;
        const std::string version = take_version(response);
        if (version.empty()) return response;
        const std::string tag = entity_tag(version, response.content());
        return tagged_answer(call_.request, std::move(response), tag);
    }

    HttpResponse failed(const char* what) noexcept {
        try {
            while (reached_ > 0) {
                if (auto answer = filters_[reached_ - 1]->on_failure(call_, what)) return *answer;
                --reached_;
            }
        } catch (...) {
            // Without memory the response has only its status.
        }
        return bare_answer(ProblemKind::kInternalError);
    }

    const Span& span() const noexcept {
        static const Span none;
        return call_.span ? *call_.span : none;
    }

    HttpResponse finish(HttpResponse response) noexcept {
        const RequestScope request(call_.request.request_id);
        const SpanScope scope(span());
        call_.took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() -
                                                                           call_.begun);
        try {
            while (reached_ > 0) filters_[--reached_]->on_answer(call_, response);
        } catch (...) {
            // Without memory the response is sent without what could not be added.
        }
        return response;
    }

    void respond_with(HttpResponse response) noexcept {
        // `respond_` may own the connection that owns this object.
        const Respond respond = std::move(respond_);
        respond(finish(std::move(response)));
    }

    const std::optional<Context>& context_;
    const std::vector<std::unique_ptr<Filter>>& filters_;
    const std::size_t outer_;
    Call call_;
    std::size_t reached_ = 0;  // the number of filters that have seen the request
    std::optional<HttpResponse> refusal_;
    Respond respond_;
};

Application::Application(const Context& context, Filters filters)
    : context_(context), filters_(std::move(filters)) {
    if (context.protection == nullptr) return;
    context.protection->snapshots.follow(
        [&orchestrator = context.orchestrator] { return orchestrator.change_count(); });
}

Application::Application(Filters filters) : filters_(std::move(filters)) {}

Application::~Application() {
    if (context_ && context_->protection != nullptr) context_->protection->snapshots.stop();
}

std::shared_ptr<PendingRequest> Application::receive(HttpRequest request) const noexcept {
    try {
        auto passage = std::make_shared<Passage>(context_, filters_, std::move(request));
        passage->enter(filters_.all.size());
        return passage;
    } catch (...) {
        return nullptr;
    }
}

HttpResponse Application::refuse(HttpRequest request, int status,
                                 std::string_view why) const noexcept {
    try {
        const auto passage = std::make_shared<Passage>(context_, filters_, std::move(request));
        passage->enter(filters_.outer);
        return passage->refuse(status, why);
    } catch (...) {
        return bare_answer(ProblemKind::kUnavailable);
    }
}

HttpResponse Application::handle(HttpRequest request, BodySource& body) const noexcept {
    const auto received = receive(std::move(request));
    if (!received) return bare_answer(ProblemKind::kUnavailable);
    std::promise<HttpResponse> answered;
    received->answer(body, [&](HttpResponse response) { answered.set_value(std::move(response)); });
    return answered.get_future().get();
}

HttpResponse Application::handle(HttpRequest request) const noexcept {
    BodyInRequest body(std::move(request.body));
    request.body.clear();
    return handle(std::move(request), body);
}

}  // namespace rescuestream::server
