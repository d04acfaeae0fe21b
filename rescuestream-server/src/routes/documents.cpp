#include "routes/documents.hpp"

#include "openapi.hpp"
#include "problem.hpp"
#include "reply.hpp"

namespace rescuestream::server {

HttpResponse show_problem_page(const Context&, const HttpRequest& request) {
    const ProblemType* type = find_problem_type(request.path_segments.at(0));
    if (type == nullptr) {
        return problem(request, ProblemKind::kNotFound, "There is no problem of this name.");
    }
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = problem_page(*type);
    return response;
}

HttpResponse show_openapi_json(const Context&, const HttpRequest&) {
    return json_reply(200, std::string(openapi_json()));
}

HttpResponse show_openapi_yaml(const Context&, const HttpRequest&) {
    HttpResponse response;
    response.content_type = "application/yaml; charset=utf-8";
    response.body = openapi_yaml();
    return response;
}

}  // namespace rescuestream::server
