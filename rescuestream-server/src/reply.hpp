#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "http/message.hpp"
#include "rescuestream/cutoff_report.hpp"
#include "rescuestream/paging.hpp"

namespace rescuestream::server {

HttpResponse json_reply(int status, std::string body);
HttpResponse json_reply(int status, SharedBody body);
/// Returns 204.
HttpResponse empty_reply();
/// Returns 201 with `Location`.
HttpResponse created_reply(const std::string& location, std::string body);
/// Returns 204 with the report of the cut-off in a header: this response has no body by contract.
HttpResponse cutoff_reply(const CutoffReport& report);
/// `{"cutoff":…, "<name>":…}`
HttpResponse cutoff_reply(std::string_view name, const std::string& json,
                          const CutoffReport& report);

/// `{"<name>":[…],"count":n,"next_cursor":…?}`
template <class T, class Render>
HttpResponse list_reply(std::string_view name, const Page<T>& page, Render render) {
    std::string body = "{\"";
    body.append(name).append("\":[");
    bool is_first = true;
    for (const T& item : page.items) {
        if (!is_first) body += ',';
        is_first = false;
        body += render(item);
    }
    body += "],\"count\":";
    body += std::to_string(page.items.size());
    if (page.next) body.append(",\"next_cursor\":\"").append(page.next->encode()).append("\"");
    body += '}';
    return json_reply(200, std::move(body));
}

}  // namespace rescuestream::server
