#include "routes/refused_attempts.hpp"

#include <utility>

#include "problem.hpp"
#include "query_reader.hpp"
#include "reply.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/stream_orchestrator.hpp"
#include "support/ip_address.hpp"
#include "support/network.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kRefusalsByDefault = 100;

bool is_address_or_network(std::string_view text) {
    return is_ip_address(text) || (text.ends_with("/64") && network_of(text) == text &&
                                   is_ip_address(text.substr(0, text.size() - 3)));
}

}  // namespace

HttpResponse list_refused_attempts(const Context& context, const HttpRequest& request) {
    QueryReader query(request);
    RefusedAttemptFilter filter;
    filter.network = query.text("address");
    if (filter.network && !is_address_or_network(*filter.network)) {
        query.fail("address", "must be an IP address, or the network of an entry");
    }
    filter.path = query.text("path");
    filter.reason = query.text("reason");
    if (filter.reason && explain_refusal(*filter.reason).empty()) {
        query.fail("reason", "is not a reason of a refusal");
    }
    filter.stream_key_id = query.id<StreamKeyId>("stream_key_id");
    filter.incident_id = query.id<IncidentId>("incident_id");
    filter.since = query.time("since");
    filter.limit = query.number("limit", 1, kMaxPage).value_or(kRefusalsByDefault);
    if (const auto error = query.error()) return problem(request, *error);

    auto attempts = context.orchestrator.list_refused_attempts(filter, request.credential.get());
    if (!attempts) return problem(request, attempts.error());
    return list_reply("refusals", Page<RefusedAttempt>{*std::move(attempts), std::nullopt},
                      [](const RefusedAttempt& attempt) { return to_json(attempt); });
}

}  // namespace rescuestream::server
