#include "mediamtx/entry_names.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace rescuestream::cli {
namespace {

constexpr std::array<std::string_view, 3> kCatchAll{"all", "all_others", "~^.*$"};
// For one expression; a longer program cannot be read.
constexpr std::int64_t kMaxMemory = 8 << 20;

RE2::Options quiet_options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kMaxMemory);
    return options;
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

bool applies(std::string_view expression, std::string_view path) {
    const RE2 compiled(piece(expression.substr(1)), quiet_options());
    return compiled.ok() && RE2::PartialMatch(piece(path), compiled);
}

}  // namespace

bool is_catch_all_entry(std::string_view name) noexcept {
    return std::find(kCatchAll.begin(), kCatchAll.end(), name) != kCatchAll.end();
}

bool is_readable_expression(std::string_view name) {
    return RE2(piece(name.substr(1)), quiet_options()).ok();
}

std::optional<std::size_t> entry_for(const std::vector<std::string_view>& names,
                                     std::string_view path) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string_view name = names[i];
        if (name == path) return i;
        if (is_catch_all_entry(name)) {
            if (!best) best = i;
        } else if (name.starts_with('~') && applies(name, path)) {
            const bool is_better = !best || is_catch_all_entry(names[*best]) || name < names[*best];
            if (is_better) best = i;
        }
    }
    return best;
}

}  // namespace rescuestream::cli
