#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "orchestrator/validation.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"

namespace rescuestream::server {

/// Reads the members of a query and collects what is wrong with all of them. Members that are not
/// known are ignored. Ask `error` before using any.
class QueryReader {
public:
    explicit QueryReader(const HttpRequest& request);

    std::optional<std::string> text(std::string_view name);
    std::optional<std::size_t> number(std::string_view name, std::size_t min, std::size_t max);
    bool flag(std::string_view name);
    std::optional<Timestamp> time(std::string_view name);
    PageRequest page(std::size_t max_limit);

    template <class IdType>
    std::optional<IdType> id(std::string_view name) {
        const auto given = text(name);
        if (!given) return std::nullopt;
        const auto value = IdType::parse(*given);
        if (!value) fail(name, "must be a UUID");
        return value;
    }
    void fail(std::string_view name, std::string detail);

    std::optional<Error> error();

private:
    struct Member {
        std::string name;
        std::optional<std::string> value;  ///< Empty: it cannot be decoded.
    };
    std::vector<Member> members_;
    Validation validation_;
};

/// The id in the path. kInvalidArgument names it.
template <class IdType>
Result<IdType> path_id(const HttpRequest& request) {
    const auto id = IdType::parse(request.path_segments.at(0));
    if (!id) {
        return Error{ErrorCode::kInvalidArgument,
                     "The id in the path must be a UUID.",
                     {},
                     {{"/id", "must be a UUID"}}};
    }
    return *id;
}

}  // namespace rescuestream::server
