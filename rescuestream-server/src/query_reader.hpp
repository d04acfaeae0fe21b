#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "problem.hpp"
#include "rescuestream/paging.hpp"

namespace rescuestream::server {

/// Reads the members of a query string and collects everything that is wrong with it. Members that
/// nobody asks for are ignored; an empty value means absent.
class QueryReader {
public:
    explicit QueryReader(const HttpRequest& request);

    std::optional<std::string> text(std::string_view name);
    /// A whole number in decimal digits.
    std::optional<std::size_t> number(std::string_view name, std::size_t min, std::size_t max);
    std::optional<bool> boolean(std::string_view name);
    std::optional<Uuid> uuid(std::string_view name);
    std::optional<Timestamp> time(std::string_view name);
    /// `limit` (1 to 1000) and `cursor`.
    PageRequest page();

    void add(std::string_view name, std::string detail);
    std::optional<HttpResponse> failure() const;

private:
    std::vector<std::pair<std::string, std::string>> members_;
    std::vector<FieldError> errors_;
};

}  // namespace rescuestream::server
