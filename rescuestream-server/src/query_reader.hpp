#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "rescuestream/ids.hpp"
#include "rescuestream/paging.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/result.hpp"
#include "rescuestream/time.hpp"
#include "support/validation.hpp"

namespace rescuestream::server {

/// One parameter of a query. A part that cannot be decoded is empty.
struct QueryMember {
    std::string raw_name;
    std::optional<std::string> name;
    std::optional<std::string> value;
};
using QueryMembers = std::vector<QueryMember>;

/// The maximum number of items in one page of a list.
constexpr std::size_t kMaxPage = 1'000;
/// The number of items in one page of a list that grows without end, unless the caller says
/// another.
constexpr std::size_t kUsualPage = 100;

/// Reads the parameters of a query and collects all errors. A parameter that is given twice is an
/// error, because it is ambiguous. Call `error` before using any value. `check_query` refuses the
/// parameters that the route does not know.
class QueryReader {
public:
    /// Whether `?name=` is an error or means that the parameter is absent.
    enum class EmptyText { kRefused, kAbsent };
    explicit QueryReader(const HttpRequest& request, EmptyText empty = EmptyText::kRefused);

    std::optional<std::string> text(std::string_view name);
    std::optional<std::size_t> number(std::string_view name, std::size_t min, std::size_t max);
    bool flag(std::string_view name);
    /// Empty: it is not given.
    std::optional<bool> optional_flag(std::string_view name);
    /// The same, and `?name` alone means true.
    bool bare_flag(std::string_view name);
    std::optional<Timestamp> time(std::string_view name);
    /// Reads `limit` (at most `kMaxPage`) and `cursor`.
    PageRequest page();
    /// The same; without a limit, `usual` is the limit.
    PageRequest page(std::size_t usual);

    template <class IdType>
    std::optional<IdType> id(std::string_view name) {
        const auto given = text(name);
        if (!given) return std::nullopt;
        const auto value = IdType::parse(*given);
        if (!value) fail(name, "must be a UUID");
        return value;
    }
    /// Reads the name of an enumerator; `words` lists them for the error.
    template <class Enum>
    std::optional<Enum> word(std::string_view name, const char* words) {
        const auto given = text(name);
        if (!given) return std::nullopt;
        const auto value = parse_enum<Enum>(*given);
        if (!value) fail(name, std::string("must be ") + words);
        return value;
    }
    void fail(std::string_view name, std::string detail);

    std::optional<Error> error();

private:
    std::optional<std::string> raw_text(std::string_view name);

    const QueryMembers members_;
    const EmptyText empty_;
    Validation validation_;
};

/// Reads `broadcaster`, the id or the name of a broadcaster, into a filter of streams or keys.
template <class Filter>
void read_broadcaster(QueryReader& query, Filter& filter) {
    const auto given = query.text("broadcaster");
    if (!given) return;
    if (filter.broadcaster_id) {
        query.fail("broadcaster", "must not be given together with broadcaster_id");
    }
    filter.broadcaster_id = BroadcasterId::parse(*given);
    if (!filter.broadcaster_id) filter.broadcaster_name = *given;
}

/// Checks the names of a query's parameters. kInvalidArgument names each parameter that is not in
/// `known` (names separated by spaces), and lists the known ones.
std::optional<Error> check_query(const HttpRequest& request, std::string_view known);

/// Returns the id in the path. kInvalidArgument names it.
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
